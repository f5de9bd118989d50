ATTESTATION_DIR := $(USERMOD_DIR)
SRC_USERMOD_C += $(addprefix $(ATTESTATION_DIR)/, attestation.c der.c x509.c json.c pem.c seconds.c)
CFLAGS_USERMOD += -I$(ATTESTATION_DIR)
