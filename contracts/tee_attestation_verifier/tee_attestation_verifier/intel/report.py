"""Layouts of the reports inside a quote: name -> (offset, size), little-endian numbers."""

_SGX = {
    "cpu_svn": (0, 16),
    "misc_select": (16, 4),
    "attributes": (48, 16),
    "mr_enclave": (64, 32),
    "mr_signer": (128, 32),
    "isv_prod_id": (256, 2),
    "isv_svn": (258, 2),
    "report_data": (320, 64),
}
_TD10 = {
    "tee_tcb_svn": (0, 16),
    "mr_seam": (16, 48),
    "mr_signer_seam": (64, 48),
    "seam_attributes": (112, 8),
    "td_attributes": (120, 8),
    "xfam": (128, 8),
    "mr_td": (136, 48),
    "mr_config_id": (184, 48),
    "mr_owner": (232, 48),
    "mr_owner_config": (280, 48),
    "rt_mr0": (328, 48),
    "rt_mr1": (376, 48),
    "rt_mr2": (424, 48),
    "rt_mr3": (472, 48),
    "report_data": (520, 64),
}
_TD15 = {"tee_tcb_svn2": (584, 16), "mr_service_td": (600, 48)}


class Layout:
    """A kind of report: its name, size in bytes and fields."""

    def __init__(self, name: str, size: int, *fields: dict[str, tuple[int, int]]) -> None:
        """Fields may come in several tables, for kinds that extend one another."""
        self.name, self.size, self._tables = name, size, fields

    def place(self, field: str) -> tuple[int, int]:
        """Offset and size of a field; KeyError when this kind has none of that name."""
        for table in self._tables:
            if field in table:
                return table[field]
        raise KeyError(field)

    def has(self, field: str) -> bool:
        """Whether this kind has the field."""
        for table in self._tables:  # noqa: SIM110 - a generator costs twice the gas
            if field in table:
                return True
        return False

    def names(self) -> list[str]:
        """All field names in the order of their bytes."""
        return sorted([name for table in self._tables for name in table], key=self.place)


SGX_ENCLAVE = Layout("SgxEnclave", 384, _SGX)
TD10 = Layout("TD10", 584, _TD10)
TD15 = Layout("TD15", 648, _TD10, _TD15)
# The 1.5-Ex report goes on with what a migrating TD brings along; no rule reads it.
TD15_EX = Layout("TD15Ex", 885, _TD10, _TD15)


class Report:
    """The raw bytes of a report and its layout."""

    def __init__(self, layout: Layout, data: bytes) -> None:
        """`data` has exactly `layout.size` bytes."""
        self.layout, self.data = layout, data

    def has(self, name: str) -> bool:
        """Whether this kind of report has the field."""
        return self.layout.has(name)

    def field(self, name: str) -> bytes:
        """The bytes of a field."""
        start, size = self.layout.place(name)
        return self.data[start : start + size]

    def number(self, name: str) -> int:
        """A field as a little-endian number."""
        return int.from_bytes(self.field(name), "little")
