JSON_CODEC_DIR := $(USERMOD_DIR)
SRC_USERMOD_C += $(addprefix $(JSON_CODEC_DIR)/, json_codec.c form.c scanner.c read.c write.c texts.c keys.c)
CFLAGS_USERMOD += -I$(JSON_CODEC_DIR)
