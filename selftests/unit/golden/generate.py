#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes the golden images from Documentation/on-disk-format.rst alone.

Nothing here is shared with the driver: offsets, checksum and values are
written down anew, so that encoder and decoder cannot be wrong together.
make.c's make_sample() and make_parity() say the same values in C.
"""
import struct


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def xxh64(data):
    """As the specification of XXH64 has it, with seed 0."""
    p1, p2, p3, p4, p5 = (0x9e3779b185ebca87, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9,
                          0x85ebca77c2b2ae63, 0x27d4eb2f165667c5)
    mask = 2 ** 64 - 1

    def turn(x, bits):
        return (x << bits | x >> 64 - bits) & mask

    def lane(acc, word):
        return turn(acc + word * p2 & mask, 31) * p1 & mask

    at = len(data) // 32 * 32
    acc = p5
    if at:
        accs = [p1 + p2 & mask, p2, 0, -p1 & mask]
        for i in range(0, at, 32):
            accs = [lane(a, w) for a, w in zip(accs, struct.unpack('<4Q', data[i:i + 32]))]
        acc = sum(turn(a, b) for a, b in zip(accs, (1, 7, 12, 18))) & mask
        for a in accs:
            acc = ((acc ^ lane(0, a)) * p1 + p4) & mask
    acc = acc + len(data) & mask
    while at + 8 <= len(data):
        acc = (turn(acc ^ lane(0, struct.unpack('<Q', data[at:at + 8])[0]), 27) * p1 + p4) & mask
        at += 8
    if at + 4 <= len(data):
        acc = (turn(acc ^ struct.unpack('<I', data[at:at + 4])[0] * p1 & mask, 23) * p2 + p3) & mask
        at += 4
    for byte in data[at:]:
        acc = turn(acc ^ byte * p5 & mask, 11) * p1 & mask
    for bits, prime in ((33, p2), (29, p3)):
        acc = (acc ^ acc >> bits) * prime & mask
    return acc ^ acc >> 32


def ident(kind, number):
    return bytes((0x10 * kind + i) & 0xff for i in range(15)) + bytes([number])


def record(size, *fields):
    data = bytearray(size)
    for offset, kind, value in fields:
        raw = value if kind == 's' else struct.pack('<' + kind, value)
        data[offset:offset + len(raw)] = raw
    assert len(data) == size
    return data


def seal(data, offset):
    data[offset:offset + 4] = struct.pack('<I', crc32c(data))
    return data


def mib(n):
    return n * 2048


def disk(i):
    return record(256, (0, 's', ident(2, i)), (16, 'Q', mib(200)), (24, 'Q', mib(9)),
                  (32, 'Q', mib(199)), (40, 'I', 100), (44, 'I', 4 if i == 3 else 1),
                  (48, 'I', 1 if i == 4 else 0), (56, 'Q', 1000 + i), (64, 'Q', (1 << 63) + i),
                  (72, 'Q', 2 * i), (80, 'Q', 3 * i), (88, 's', b'/dev/sd%c' % (97 + i)),
                  (152, 'Q', (7 << 60) + i), (160, 'Q', (6 << 60) + i))


def member(*extents, state=0, stale_map=0, log=(0, 0)):
    data = record(32, (0, 'I', len(extents)), (8, 'I', state), (12, 'I', stale_map),
                  (16, 'Q', mib(log[0])), (24, 'Q', mib(log[1])))
    for where, start, sectors in extents:
        data += record(32, (0, 'I', where), (8, 'Q', mib(start)), (16, 'Q', mib(sectors)))
    return data


def plex(vol, i, kind, members, state=1, stale_map=0, flags=0, task=(0, 0), unit=None, parity=0):
    if unit is None:
        unit = 128 if kind == 12 else 0
    data = record(128, (0, 's', ident(4 + vol, i)), (16, 'I', kind), (20, 'I', state),
                  (24, 'I', stale_map), (28, 'I', unit), (32, 'I', len(members)),
                  (36, 'I', flags), (40, 'Q', task[0]), (48, 'I', task[1]), (52, 'I', parity))
    return data + b''.join(members)


def volume(i, name, sectors, plexes, *more):
    data = record(256, (0, 's', ident(3, i)), (16, 's', name), (80, 'Q', sectors),
                  (116, 'I', len(plexes)), *more)
    return data + b''.join(plexes)


def config():
    data = record(256, (0, 's', b'PLXCONF\1'), (12, 'I', 1), (20, 'I', 1), (24, 's', ident(1, 0)),
                  (40, 'Q', 0x0102030405060708), (48, 'Q', 0xf1f2f3f4f5f6f7f8), (56, 'I', 5),
                  (60, 'I', 4), (64, 's', b'Sample.pack_1'),
                  (128, 'Q', 0xe1e2e3e4e5e6e7e8))
    for i in range(5):
        data += disk(i)
    data += volume(0, b'simple', mib(2), [plex(0, 0, 10, [member((0, 9, 2))])])
    data += volume(1, b'span', 10001,
                   [plex(1, 0, 11, [member((0, 11, 1), (1, 9, 3), (1, 198, 1))])])
    data += volume(2, b'stripe', mib(6),
                   [plex(2, 0, 12, [member((2, 9, 3)), member((3, 9, 1), (3, 15, 2))], state=4)],
                   (88, 'I', 2))
    data += volume(3, b'mirror', 8000,
                   [plex(3, 0, 10, [member((0, 20, 4))], flags=1),
                    plex(3, 1, 12, [member((1, 20, 2)), member((2, 20, 2))]),
                    plex(3, 2, 11, [member((3, 20, 3), (4, 20, 2))], state=2, stale_map=3,
                         task=(0x99aabbccddeeff00, 7))],
                   (92, 'I', 7), (96, 'I', 2), (100, 'I', 1), (104, 'Q', 0x1122334455667788),
                   (112, 'I', 2), (120, 'I', 0), (124, 'I', 7), (128, 'I', 1), (132, 'I', 99))
    return close(data)


def close(data):
    data += bytes(-len(data) % 512)
    data[16:20] = struct.pack('<I', len(data))
    return seal(data, 8)


def plain_disk(i):
    return record(256, (0, 's', ident(2, i)), (16, 'Q', mib(200)), (24, 'Q', mib(9)),
                  (32, 'Q', mib(199)), (40, 'I', 100), (44, 'I', 1))


def region_log(copies, slot):
    fields = [(92, 'I', 7), (104, 'Q', 0x0f1e2d3c4b5a6978 + slot), (112, 'I', copies)]
    for i in range(copies):
        fields += [(120 + 8 * i, 'I', i), (124 + 8 * i, 'I', slot)]
    return fields


def parity():
    data = record(256, (0, 's', b'PLXCONF\1'), (12, 'I', 1), (24, 's', ident(1, 0)), (40, 'Q', 1),
                  (48, 'Q', 1), (56, 'I', 6), (60, 'I', 3), (64, 's', b'parity'))
    for i in range(6):
        data += plain_disk(i)
    # a parity log: protects what is not being written; member 2 is being regenerated
    data += volume(0, b'log', mib(8) + 1,
                   [plex(0, 0, 14, [member((0, 20, 3), log=(60, 1)),
                                    member((1, 20, 1), (1, 30, 2), log=(60, 1)),
                                    member((2, 20, 3), state=1, stale_map=2, log=(60, 1)),
                                    member((3, 20, 3), log=(60, 2))],
                         unit=128, parity=1, task=(0x99aabbccddeeff00, 7))],
                   (152, 'I', 1), (156, 'I', 1), *region_log(2, 3))
    # two parities, no parity log, in a mirror
    data += volume(1, b'off', mib(6),
                   [plex(1, 0, 14, [member((0, 100, 2), state=3, stale_map=7),
                                    member((1, 100, 2)), member((2, 100, 2)),
                                    member((3, 100, 2)), member((4, 100, 2), state=2)],
                         unit=8, parity=2),
                    plex(1, 1, 10, [member((5, 100, 6))], state=2, stale_map=3)],
                   (152, 'I', 3), *region_log(3, 4))
    # all data is logged
    data += volume(2, b'journal', mib(2),
                   [plex(2, 0, 14, [member((i, 110, 1), log=(150, 4)) for i in (3, 4, 5)],
                         unit=2048, parity=1)],
                   (152, 'I', 2), *region_log(1, 5))
    return close(data)


def label():
    return seal(record(4096, (0, 's', b'PLEXUS\0\1'), (12, 'I', 1), (16, 's', ident(1, 0)),
                       (32, 's', ident(2, 3)), (48, 'Q', mib(200) + 5), (56, 'Q', 256),
                       (64, 'Q', 1024), (72, 'Q', 4096), (80, 'I', 100), (88, 'Q', mib(9)),
                       (96, 'Q', mib(199))), 8)


def log():
    return seal(record(4096, (0, 's', b'PXLG'), (8, 's', ident(3, 3)),
                       (24, 'Q', 0x1122334455667788), (32, 'Q', 0xa0a1a2a3a4a5a6a7), (40, 'I', 3),
                       (44, 'I', 63), (48, 'I', 7),
                       (64, 's', b'\x01\x80\xff\x00\x00\x00\xaa\x7f')), 4)


def plog_entry(row, serial, lo, hi, partials, payload, *writes):
    data = record(32, (0, 'Q', row), (8, 'Q', serial),
                  (16, 'I', xxh64(payload) & 0xffffffff if payload else 0), (20, 'H', lo), (22, 'H', hi),
                  (24, 'B', len(writes)), (25, 'B', partials))
    for block, start, end, new, old in writes:
        data += record(16, (0, 'B', block), (1, 'B', 0 if old is None else 1), (2, 'H', start),
                       (4, 'H', end), (8, 'I', new), (12, 'I', old or 0))
    return data


def plog():
    # 4 data blocks, P and Q; units of 16 sectors, 5 slots
    payload = bytes(7 * i + 3 & 0xff for i in range(2 * 3 * 512))
    entries = plog_entry(999, 77, 3, 6, 3, payload, (1, 3, 5, 0xc1c2c3c4, None),
                         (3, 4, 6, 0xd1d2d3d4, 0xe1e2e3e4))
    entries += plog_entry(5, 78, 0, 16, 2, b'', *((d, 0, 16, 0xf0 + d, None) for d in range(4)))
    head = record(4096, (0, 's', b'PXPL'), (8, 's', ident(3, 3)), (24, 'Q', 0x1122334455667788),
                  (32, 'Q', 0x0102030405060708), (40, 'Q', 0x0102030405060705), (48, 'I', 2),
                  (52, 'I', 2), (56, 'I', len(entries)), (60, 'I', len(payload) // 512),
                  (64, 's', entries))
    head[4:8] = struct.pack('<I', crc32c(head[:64 + len(entries)]))
    return head + payload


for name, image in (('config', config()), ('parity', parity()), ('label', label()), ('log', log()),
                    ('plog', plog())):
    with open(name + '.hex', 'w') as out:
        for at in range(0, len(image), 32):
            out.write(bytes(image[at:at + 32]).hex() + '\n')
