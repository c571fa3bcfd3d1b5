// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace engine::kvm::assist {

/// What a special instruction needs of the CPU beyond its registers. The product asks KVM; tests and
/// the fuzzer answer by themselves.
class CpuServices {
public:
    virtual ~CpuServices() = default;
    [[nodiscard]] virtual std::optional<std::uint64_t> readMsr(std::uint32_t index) = 0;
    [[nodiscard]] virtual bool writeMsr(std::uint32_t index, std::uint64_t value) = 0;
    [[nodiscard]] virtual std::optional<std::uint64_t> readXcr0() = 0;
    [[nodiscard]] virtual bool writeXcr0(std::uint64_t value) = 0;
    virtual void flushTlb() = 0;
};

} // namespace engine::kvm::assist
