// SPDX-License-Identifier: GPL-3.0-or-later
#include "bus/irq_line.h"

namespace engine {

class SharedIrqLine::Input final : public IrqLine {
public:
    explicit Input(SharedIrqLine& owner) : m_owner(owner) {}
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    Input(Input&&) = delete;
    Input& operator=(Input&&) = delete;
    ~Input() override { setLevel(false); }

    void setLevel(bool asserted) override
    {
        if (m_level.exchange(asserted) != asserted)
            m_owner.change(asserted ? 1 : -1);
    }

private:
    SharedIrqLine& m_owner;
    std::atomic<bool> m_level = false;
};

std::unique_ptr<IrqLine> SharedIrqLine::createInput()
{
    return std::make_unique<Input>(*this);
}

void SharedIrqLine::change(int delta)
{
    // The lock is held over the call so that two edges cannot reach the output in the wrong order.
    std::scoped_lock lock(m_mutex);
    m_asserted += delta;
    if (delta > 0 ? m_asserted == 1 : m_asserted == 0)
        m_output.setLevel(m_asserted != 0);
}

} // namespace engine
