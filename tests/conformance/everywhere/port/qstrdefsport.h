// Names that no source file mentions as MP_QSTR_...: none.
