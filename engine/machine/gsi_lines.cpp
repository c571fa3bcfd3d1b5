// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine/gsi_lines.h"

namespace engine {

Result<std::unique_ptr<GsiLines>> GsiLines::create(const Factory& factory)
{
    constexpr unsigned TimerInput = 0;
    constexpr unsigned CascadeInput = 2;
    std::unique_ptr<GsiLines> lines(new GsiLines);
    for (unsigned gsi = 0; gsi < Count; ++gsi) {
        if (gsi == TimerInput || gsi == CascadeInput)
            continue;
        lines->m_inputs.at(gsi) = VM_TRY(factory(gsi));
        lines->m_shared.at(gsi) = std::make_unique<SharedIrqLine>(*lines->m_inputs.at(gsi));
    }
    return lines;
}

std::unique_ptr<IrqLine> GsiLines::wire(unsigned gsi)
{
    if (gsi >= Count || !m_shared.at(gsi))
        return std::make_unique<UnconnectedIrqLine>();
    return m_shared.at(gsi)->createInput();
}

} // namespace engine
