# SPDX-License-Identifier: Apache-2.0
# ECDSA of SHA-256 of the first 4096 bytes of `seq 1 20000`, made on x86.
MGUCMHspgJHjGc2yLdvNdySs6BnMktjdQgLmQ34Bi+134a6fbCz2aLhX3I/E2R2f
nQYinAIxAO/Q8s1RRc8RMLyy+VLwNfupxMMrd0CFR7/E2Yco1qsI4sAZoa1FXrUO
9GUjL0ssKw==
