ATTESTATION_DIR := $(USERMOD_DIR)
SRC_USERMOD_C += $(addprefix $(ATTESTATION_DIR)/, attestation.c der.c json.c base64.c)
CFLAGS_USERMOD += -I$(ATTESTATION_DIR)
