BORSH_DIR := $(USERMOD_DIR)
SRC_USERMOD_C += $(addprefix $(BORSH_DIR)/, borsh.c pack.c unpack.c)
CFLAGS_USERMOD += -I$(BORSH_DIR)
