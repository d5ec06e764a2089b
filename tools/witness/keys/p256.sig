# SPDX-License-Identifier: Apache-2.0
# ECDSA of SHA-256 of the first 4096 bytes of `seq 1 20000`, made on x86.
MEQCIBxFtDbTub2L9Fv8AGPX0Wb1Yrn5GJDPxDdLQ+W1v3jUAiAD7ul8UIXF87jI
AVEzVPUJB+Ekz6ULUJ8yUX+EIKhQgg==
