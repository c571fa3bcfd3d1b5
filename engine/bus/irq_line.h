// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

namespace engine {

/// One level-triggered interrupt wire. A device sets the level; whoever made the line decides what
/// that means (KVM_IRQ_LINE, an irqfd, or a test recording edges). Any thread.
class IrqLine {
public:
    virtual ~IrqLine() = default;
    virtual void setLevel(bool asserted) = 0;
};

/// Goes nowhere: for a pin that is not wired.
class UnconnectedIrqLine final : public IrqLine {
public:
    void setLevel(bool /*asserted*/) override {}
};

/// For tests: remembers the level and counts the edges.
class RecordingIrqLine final : public IrqLine {
public:
    void setLevel(bool asserted) override
    {
        if (m_asserted.exchange(asserted) != asserted)
            ++m_edges;
    }
    [[nodiscard]] bool asserted() const { return m_asserted; }
    [[nodiscard]] int edges() const { return m_edges; }

private:
    std::atomic<bool> m_asserted = false;
    std::atomic<int> m_edges = 0;
};

/// Joins any number of wires into one (wired OR): the output is asserted while any input is.
/// Must outlive the lines that it made.
class SharedIrqLine {
public:
    /// `output` must outlive this object.
    explicit SharedIrqLine(IrqLine& output) : m_output(output) {}
    [[nodiscard]] std::unique_ptr<IrqLine> createInput();

private:
    class Input;
    void change(int delta);

    IrqLine& m_output;
    std::mutex m_mutex;
    int m_asserted = 0; // inputs that are high; guarded by m_mutex
};

} // namespace engine
