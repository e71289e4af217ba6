use std::task::{Context, Poll, Waker};

use signet::{
    adapters::system::BlockingKeyGenerator,
    domain::{RsaKeySize, SigningAlgorithm},
    ports::KeyGenerator,
};

#[tokio::test(flavor = "current_thread")]
async fn making_a_key_does_not_block_the_thread_that_waits_for_it() {
    let mut making = BlockingKeyGenerator.generate(SigningAlgorithm::Rs256, RsaKeySize::Bits2048);
    let mut context = Context::from_waker(Waker::noop());
    let first = making.as_mut().poll(&mut context);
    assert!(matches!(first, Poll::Pending));
    assert!(making.await.is_ok());
}
