// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "bus/irq_line.h"

#include <array>
#include <functional>
#include <memory>

namespace engine {

/// The 24 inputs of the interrupt controllers, each shared by any number of wires (wired OR).
class GsiLines {
public:
    static constexpr unsigned Count = 24;
    using Factory = std::function<Result<std::unique_ptr<IrqLine>>(unsigned gsi)>;

    /// Inputs 0 and 2 belong to the timer and the cascade and are not made.
    [[nodiscard]] static Result<std::unique_ptr<GsiLines>> create(const Factory& factory);
    /// A new wire to the input; to one that is not made, a wire that goes nowhere.
    [[nodiscard]] std::unique_ptr<IrqLine> wire(unsigned gsi);

private:
    GsiLines() = default;
    std::array<std::unique_ptr<IrqLine>, Count> m_inputs;
    std::array<std::unique_ptr<SharedIrqLine>, Count> m_shared;
};

} // namespace engine
