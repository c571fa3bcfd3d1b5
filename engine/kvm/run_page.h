// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstddef>
#include <span>

struct kvm_run; // NOLINT(readability-identifier-naming): the kernel's

namespace engine::kvm {

/// The memory that a vCPU shares with the kernel: mapped on creation, unmapped on destruction.
class RunPage {
public:
    [[nodiscard]] static Result<RunPage> map(int vcpuFd, std::size_t bytes);
    ~RunPage();
    RunPage(RunPage&& other) noexcept;
    RunPage& operator=(RunPage&& other) noexcept;
    RunPage(const RunPage&) = delete;
    RunPage& operator=(const RunPage&) = delete;

    [[nodiscard]] std::span<std::byte> bytes() const { return m_bytes; }
    [[nodiscard]] kvm_run& run() const { return *reinterpret_cast<kvm_run*>(m_bytes.data()); }

    /// Any thread: the next KVM_RUN (or the present one, with a signal) returns at once.
    void requestImmediateExit() const;
    /// Takes the request back; what its sender wrote before is visible afterwards.
    void clearImmediateExit() const;

private:
    explicit RunPage(std::span<std::byte> bytes) : m_bytes(bytes) {}

    std::span<std::byte> m_bytes;
};

} // namespace engine::kvm
