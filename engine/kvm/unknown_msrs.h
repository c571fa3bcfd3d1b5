// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log.h"
#include "kvm/vcpu_exit.h"

#include <cstdint>

namespace engine::kvm {

enum class MsrAnswer : std::uint8_t {
    Value,           ///< reads give `value`, writes are ignored
    ProtectionFault, ///< #GP: the guest probes whether the register is there
};

struct MsrRule {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    MsrAnswer answer = MsrAnswer::Value;
    std::uint64_t value = 0;
};

/// What model-specific registers that KVM does not know answer: a short table, and for the rest
/// zero on reading and nothing on writing, as a guest on a similar machine would expect. Every
/// register is logged once or a few times. Stateless apart from the log, so any thread may call.
class UnknownMsrs {
public:
    /// `log` must outlive this object.
    explicit UnknownMsrs(Log& log) : m_log(log) {}

    void answer(const RdMsr& exit) const;
    void answer(const WrMsr& exit) const;

    /// The table's rule for a register, for tests and documentation.
    [[nodiscard]] static MsrRule ruleFor(std::uint32_t index);

private:
    Log& m_log;
};

} // namespace engine::kvm
