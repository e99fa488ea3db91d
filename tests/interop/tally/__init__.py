"""The protocol of docs/protocol.md, written from that page alone. One module a chapter; tests/interop/README.md says which."""
