use poem_openapi::types::Example;

use super::{
    super::super::{
        examples::{ACCESS_TOKEN, REFRESH_TOKEN},
        secret_text::SecretText,
        token_type::TokenType,
    },
    TokenRequest, TokenResponse,
};

impl Example for TokenRequest {
    fn example() -> Self {
        Self {
            grant_type: "refresh_token".to_owned(),
            refresh_token: Some(SecretText::new(REFRESH_TOKEN.to_owned())),
            scope: None,
            client_id: None,
            client_secret: None,
        }
    }
}

impl Example for TokenResponse {
    fn example() -> Self {
        Self {
            access_token: ACCESS_TOKEN.to_owned(),
            token_type: TokenType::Bearer,
            expires_in: 900,
            refresh_token: Some(REFRESH_TOKEN.to_owned()),
            refresh_expires_in: Some(2_592_000),
            scope: None,
        }
    }
}
