// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "firmware/byte_writer.h"
#include "firmware/kernel_file.h"
#include "memory/guest_memory.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace engine::firmware::test {

/// An ELF executable put together by hand; every field may be wrong on purpose.
struct ElfRecipe {
    struct Segment {
        std::uint64_t address = 0x10'0000;
        Bytes data;
        std::uint64_t memoryBytes = 0;           ///< 0: as long as the data
        std::optional<std::uint64_t> fileOffset; ///< absent: where the data is
        std::optional<std::uint64_t> fileBytes;  ///< absent: the data's size
    };
    bool is64Bit = true;
    std::uint16_t machine = 62; ///< EM_X86_64; 3 is EM_386
    std::uint16_t type = 2;     ///< ET_EXEC
    std::uint8_t byteOrder = 1; ///< ELFDATA2LSB
    std::uint64_t entry = 0x10'0000;
    std::vector<Segment> segments;
    Bytes notes;
    std::optional<std::uint64_t> notesBytes;
    std::optional<std::uint16_t> programHeaderCount;
    std::optional<std::uint16_t> programHeaderSize;
    std::optional<std::uint64_t> programHeaderOffset;
};

[[nodiscard]] Bytes makeElf(const ElfRecipe& recipe);
[[nodiscard]] Bytes makeNote(std::string_view name, std::uint32_t type, std::span<const std::byte> value);
[[nodiscard]] Bytes makePvhNote(std::uint32_t entry);

struct BzImageRecipe {
    std::uint16_t version = 0x020f;
    std::uint8_t setupSectors = 1;
    std::uint8_t loadFlags = 1;
    std::uint32_t protectedEntry = 0x10'0000;
    std::uint16_t extendedLoadFlags = 1;
    std::uint8_t relocatable = 1;
    std::uint64_t preferredAddress = 0x100'0000;
    std::uint32_t initSize = 0x20'0000;
    std::uint32_t initrdAddressMax = 0x7fff'ffff;
    std::uint32_t commandLineSize = 2047;
    std::uint8_t headerLength = 0x6a;
    std::optional<std::uint32_t> paragraphs; ///< absent: as the code is long
    Bytes code = Bytes(4096, std::byte{0xc5});
};

[[nodiscard]] Bytes makeBzImage(const BzImageRecipe& recipe);

/// `count` bytes that tell where they are.
[[nodiscard]] Bytes patternBytes(std::size_t count, unsigned seed = 1);

/// The bytes as a file that the loaders can read.
[[nodiscard]] KernelFile fileOf(std::span<const std::byte> content, const std::string& name = "test.img",
                                const std::string& role = "kernel");

/// RAM at 0 and, when asked for, at 4 GiB.
[[nodiscard]] GuestMemory makeRam(std::uint64_t lowBytes, std::uint64_t highBytes = 0);

[[nodiscard]] Bytes readGuest(const GuestMemory& memory, std::uint64_t at, std::size_t length);
[[nodiscard]] std::uint64_t readNumber(const GuestMemory& memory, std::uint64_t at, std::size_t width);
[[nodiscard]] std::string readText(const GuestMemory& memory, std::uint64_t at);

} // namespace engine::firmware::test
