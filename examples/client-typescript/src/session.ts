// A user's session: the tokens, and how they are renewed.
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./signet.js";

export type Signet = Client<paths>;
export type Problem = components["schemas"]["Problem"];

/** A client that sends no token. */
export const anonymous = (baseUrl: string): Signet => createClient<paths>({ baseUrl });

export class Session {
  /** A client that sends the session's access token. */
  readonly api: Signet;
  #public: Signet;
  #accessToken: string;
  #refreshToken: string;
  #expires: number;
  #refreshing: Promise<void> | undefined;

  private constructor(baseUrl: string, tokens: components["schemas"]["AuthResponse"]) {
    this.#public = anonymous(baseUrl);
    this.#accessToken = tokens.access_token;
    this.#refreshToken = tokens.refresh_token;
    this.#expires = Date.now() + tokens.expires_in * 1000;
    this.api = anonymous(baseUrl);
    this.api.use({
      onRequest: async ({ request }) => {
        // A little early, so that no token expires on its way.
        if (Date.now() > this.#expires - 5_000) await this.refresh();
        request.headers.set("Authorization", `Bearer ${this.#accessToken}`);
        return request;
      },
    });
  }

  static async logIn(baseUrl: string, username: string, password: string): Promise<Session> {
    const { data, error, response } = await anonymous(baseUrl).POST("/auth", { body: { username, password } });
    if (!data) throw new Error(`cannot log in: ${response.status}: ${error?.code ?? "no answer of Signet's"}`);
    return new Session(baseUrl, data);
  }

  /**
   * Exchanges the refresh token, which is good for one exchange alone. Whoever
   * asks meanwhile waits for the exchange that is under way.
   */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #exchange(): Promise<void> {
    const { data, error, response } = await this.#public.POST("/token", {
      body: { grant_type: "refresh_token", refresh_token: this.#refreshToken },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    // `invalid_grant` says that the session is over: log in again.
    if (!data) throw new Error(`cannot refresh: ${response.status}: ${error?.error ?? "no answer of Signet's"}`);
    // A service client's answer has no refresh token; a session's always has one.
    if (!data.refresh_token) throw new Error("the answer has no refresh token");
    this.#accessToken = data.access_token;
    this.#refreshToken = data.refresh_token;
    this.#expires = Date.now() + data.expires_in * 1000;
  }

  get tokens(): { access: string; refresh: string } {
    return { access: this.#accessToken, refresh: this.#refreshToken };
  }
}
