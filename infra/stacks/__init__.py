"""One class per stack part; `infra.app` composes them."""
