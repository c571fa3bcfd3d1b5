// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unique_fd.h"
#include "firmware/acpi_files.h"

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace engine::firmware::test {

/// A Q35 machine of the reference emulator, driven over its qtest protocol; no CPU runs in it.
class ReferenceMachine {
public:
    /// Nothing when the emulator is not installed or does not start.
    [[nodiscard]] static std::optional<ReferenceMachine> start(const std::vector<std::string>& options);
    ReferenceMachine(ReferenceMachine&& other) noexcept;
    ReferenceMachine(const ReferenceMachine&) = delete;
    ReferenceMachine& operator=(const ReferenceMachine&) = delete;
    ReferenceMachine& operator=(ReferenceMachine&&) = delete;
    ~ReferenceMachine();

    void writePort(char width, std::uint16_t port, std::uint32_t value);
    /// Writes a register of bus 0's configuration space; the width is 'b', 'w' or 'l'.
    void writeConfig(unsigned device, unsigned function, unsigned offset, char width, std::uint32_t value);
    /// The content of a fw_cfg file; empty when there is none.
    [[nodiscard]] Bytes fwCfgFile(const std::string& name);

private:
    ReferenceMachine(pid_t process, UniqueFd socket) : m_process(process), m_socket(std::move(socket)) {}
    /// The answer without its "OK"; empty when the connection is gone.
    std::string command(const std::string& line);
    [[nodiscard]] Bytes readItem(std::uint16_t key, std::size_t length);

    pid_t m_process;
    UniqueFd m_socket;
    std::string m_received;
};

} // namespace engine::firmware::test
