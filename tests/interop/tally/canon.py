"""Section 2: the one form of msgpack in which everything is signed and sent.

scan() refuses whatever is not in that form, before any parser sees it; decode() scans and then lets msgpack parse."""

import msgpack

NESTING = 8
OBJECTS = 65536
INT_MAX = 2**63 - 1


class Refused(Exception):
    """Not in canonical form (SHAPE), or beyond a bound of it (LIMIT)."""


class TooMuch(Refused):
    """Over a limit: the same refusal, but verdict 65 instead of 64."""


class OddKey:
    """A key that no table names and Python would not keep apart: False beside 0, or an array."""

    def __init__(self, value):
        self.value = value


def _map(pairs):
    return {key if type(key) in (int, str, bytes) else OddKey(key): value for key, value in pairs}


def encode(value):
    """A canonical object; dictionaries may be given in any order."""
    if isinstance(value, dict):
        pairs = sorted((encode(key), encode(content)) for key, content in value.items())
        return msgpack.Packer().pack_map_header(len(pairs)) + b"".join(key + content for key, content in pairs)
    if isinstance(value, (list, tuple)):
        return msgpack.Packer().pack_array_header(len(value)) + b"".join(map(encode, value))
    if isinstance(value, OddKey):
        return encode(value.value)
    return msgpack.packb(value, use_bin_type=True)


def decode(data):
    scan(data)
    return msgpack.unpackb(data, raw=False, strict_map_key=False, object_pairs_hook=_map)


def scan(data):
    """Refuses `data` unless it is exactly one canonical object."""
    scanner = _Scanner(data)
    scanner.value(0)
    if scanner.at != len(data):
        raise Refused("bytes behind the object")


class _Scanner:
    def __init__(self, data):
        self.data, self.at, self.objects = data, 0, 0

    def take(self, size):
        end = self.at + size
        if end > len(self.data):
            raise Refused("cut short")
        piece = self.data[self.at:end]
        self.at = end
        return piece

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def length(self, size, least):
        """A length of `size` bytes; one below `least` would have fitted a shorter form."""
        value = self.number(size)
        if value < least:
            raise Refused("a length not in its shortest form")
        return value

    def value(self, depth):
        self.objects += 1
        if self.objects > OBJECTS:
            raise TooMuch("too many objects")
        tag = self.take(1)[0]
        if tag <= 0x7f or tag >= 0xe0 or tag in (0xc0, 0xc2, 0xc3):
            return
        if tag <= 0x8f:
            self.map(tag & 0x0f, depth)
        elif tag <= 0x9f:
            self.array(tag & 0x0f, depth)
        elif tag <= 0xbf:
            self.text(tag & 0x1f)
        elif 0xc4 <= tag <= 0xc6:
            size = 1 << (tag - 0xc4)
            self.take(self.length(size, {1: 0, 2: 1 << 8, 4: 1 << 16}[size]))
        elif 0xcc <= tag <= 0xcf:
            size = 1 << (tag - 0xcc)
            value = self.length(size, 1 << 7 if size == 1 else 1 << 4 * size)
            if value > INT_MAX:
                raise Refused("a number above 2^63 - 1")
        elif 0xd0 <= tag <= 0xd3:
            size = 1 << (tag - 0xd0)
            value = int.from_bytes(self.take(size), "big", signed=True)
            if value >= (-32 if size == 1 else -(1 << 4 * size - 1)):
                raise Refused("a number not in its shortest form")
        elif 0xd9 <= tag <= 0xdb:
            size = 1 << (tag - 0xd9)
            self.text(self.length(size, {1: 32, 2: 1 << 8, 4: 1 << 16}[size]))
        elif tag in (0xdc, 0xdd):
            self.array(self.length(*((2, 16) if tag == 0xdc else (4, 1 << 16))), depth)
        elif tag in (0xde, 0xdf):
            self.map(self.length(*((2, 16) if tag == 0xde else (4, 1 << 16))), depth)
        else:
            raise Refused("float, extension, or nothing at all: 0x%02x" % tag)

    def deeper(self, depth, count):
        if depth == NESTING:
            raise TooMuch("nested too deep")
        if count > len(self.data) - self.at:
            raise Refused("announces more than there is")
        return depth + 1

    def array(self, count, depth):
        depth = self.deeper(depth, count)
        for _ in range(count):
            self.value(depth)

    def map(self, count, depth):
        depth = self.deeper(depth, 2 * count)
        before = None
        for _ in range(count):
            begin = self.at
            self.value(depth)
            key = self.data[begin:self.at]
            if before is not None and key <= before:
                raise Refused("keys not strictly ascending")
            before = key
            self.value(depth)

    def text(self, size):
        try:
            text = self.take(size).decode("utf-8")  # strict: no long forms, no surrogates
        except UnicodeDecodeError:
            raise Refused("not UTF-8") from None
        if any(ch < " " and ch not in "\n\t" for ch in text):
            raise Refused("a control character")
