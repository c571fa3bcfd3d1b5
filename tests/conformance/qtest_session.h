// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "conformance/software_platform.h"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace engine::conformance {

/// One client of the qtest line protocol (QEMU docs/devel/qtest): reads a command, does it to the
/// machine, answers. The wording of the answers is the reference's; where that one would stop on a bad
/// command, this one answers "FAIL" and goes on.
class QtestSession {
public:
    /// Takes one line to the client, without its newline. Called from any thread, one call at a time.
    using Output = std::function<void(std::string_view line)>;

    /// `machine` outlives this object.
    QtestSession(SoftwareMachine& machine, Output output);
    ~QtestSession();
    QtestSession(const QtestSession&) = delete;
    QtestSession& operator=(const QtestSession&) = delete;
    QtestSession(QtestSession&&) = delete;
    QtestSession& operator=(QtestSession&&) = delete;

    /// Does one command and sends its answer.
    void execute(std::string_view line);

private:
    using Words = std::vector<std::string_view>;
    [[nodiscard]] Result<std::string> answer(const Words& words);
    [[nodiscard]] Result<std::string> port(const Words& words);
    [[nodiscard]] Result<std::string> memoryCell(const Words& words);
    [[nodiscard]] Result<std::string> block(const Words& words);
    [[nodiscard]] Result<std::string> clock(const Words& words);
    [[nodiscard]] Result<std::string> interceptIrq(const Words& words);
    void send(std::string_view line);

    SoftwareMachine& m_machine;
    std::mutex m_outputMutex;
    Output m_output; // guarded by m_outputMutex
    bool m_intercepts = false;
};

} // namespace engine::conformance
