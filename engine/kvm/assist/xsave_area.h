// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace engine::kvm::assist {

/// State components that may be loaded into this process for an instruction: x87, SSE, AVX, AVX-512.
/// Not the protection keys, which would lock us out of our own memory.
inline constexpr std::uint64_t LoadableComponents = 0xE7;

inline constexpr std::size_t XsaveHeaderOffset = 512;
inline constexpr std::size_t XsaveMinimumBytes = 576; // legacy area and header
inline constexpr std::uint64_t CompactFormat = std::uint64_t{1} << 63;

/// Where the host's CPU puts each component of an XSAVE image (CPUID leaf 0Dh; Intel SDM volume 1, 13.4).
struct XsaveLayout {
    struct Component {
        std::uint32_t offset = 0; ///< in the standard format
        std::uint32_t bytes = 0;
        bool aligned = false; ///< to 64 bytes in the compact format
    };
    std::array<Component, 63> components{};
    std::uint64_t hostMask = 0; ///< XCR0 of this process; 0 without XSAVE

    [[nodiscard]] static const XsaveLayout& ofHost();

    [[nodiscard]] std::size_t standardBytes(std::uint64_t mask) const;
    [[nodiscard]] std::size_t compactBytes(std::uint64_t mask) const;
};

} // namespace engine::kvm::assist
