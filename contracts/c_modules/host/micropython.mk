HOST_DIR := $(USERMOD_DIR)
SRC_USERMOD_C += $(addprefix $(HOST_DIR)/, host.c values.c promises.c)
CFLAGS_USERMOD += -I$(HOST_DIR)
