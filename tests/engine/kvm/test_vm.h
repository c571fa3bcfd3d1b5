// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bus/address_space.h"
#include "kvm/cpu_profile.h"
#include "kvm/exit_dispatch.h"
#include "kvm/kvm_vm.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace engine::kvm::test {

// Shared with tests/guests/long_mode.inc.
inline constexpr std::uint64_t CodeBase = 0x10000;
inline constexpr std::uint64_t PageTableBase = 0x1000; // 6 pages: PML4, PDPT, 4 page directories
inline constexpr std::uint64_t StackTop = 0x9000;
inline constexpr std::uint64_t DataBase = 0x20000;
inline constexpr std::uint16_t ReportPort = 0x500;
inline constexpr std::uint16_t EchoPort = 0x510;
inline constexpr std::uint16_t DonePort = 0x5F0;
inline constexpr std::uint64_t DeviceBase = 0xD0000000;
inline constexpr std::uint64_t RamBytes = 512 * 1024; // the hole from here to 1 MiB is devices

/// Generous: the machine may be busy with ten other things, and emulates the guest's kernel mode.
inline constexpr std::chrono::seconds Patience{60};

/// Remembers what the guest writes.
class ReportDevice final : public BusDevice {
public:
    void read(std::uint64_t, std::span<std::byte> data) override { std::ranges::fill(data, std::byte{0}); }
    void write(std::uint64_t, std::span<const std::byte> data) override;
    [[nodiscard]] std::vector<std::uint64_t> reports() const;
    /// False when `count` reports do not arrive in time.
    [[nodiscard]] bool waitFor(std::size_t count) const;

private:
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    std::vector<std::uint64_t> m_reports;
};

/// Reads give the last value written, plus one.
class EchoDevice final : public BusDevice {
public:
    void read(std::uint64_t, std::span<std::byte> data) override { storeLittleEndian(data, m_value + 1); }
    void write(std::uint64_t, std::span<const std::byte> data) override { m_value = loadLittleEndian(data); }

private:
    std::atomic<std::uint64_t> m_value = 0;
};

/// 4 KiB of registers that keep what is written, wherever RAM is not.
class ScratchDevice final : public BusDevice {
public:
    void read(std::uint64_t offset, std::span<std::byte> data) override;
    void write(std::uint64_t offset, std::span<const std::byte> data) override;
    [[nodiscard]] std::vector<std::byte> bytes(std::size_t offset, std::size_t length) const;
    [[nodiscard]] int accesses() const { return m_accesses; }

private:
    mutable std::mutex m_mutex;
    std::array<std::byte, 4096> m_bytes{};
    std::atomic<int> m_accesses = 0;
};

/// A small machine around the real KVM: 512 KiB of RAM, the devices above, and a guest.
class TestVm {
public:
    /// Reports a test failure and returns null when something goes wrong.
    [[nodiscard]] static std::unique_ptr<TestVm> create(const std::string& guestPath, unsigned cpus = 1);
    ~TestVm();

    /// Runs one vCPU on the calling thread until it writes to DonePort, `stop` answers true after an
    /// exit, or an exit comes that the buses do not answer, which is returned.
    VcpuExit run(unsigned index, const std::function<bool()>& stop = [] { return false; });
    /// Runs every vCPU on a thread of its own until stopThreads().
    void startThreads();
    void stopThreads();

    /// Builds page tables that map 4 GiB one to one (user-accessible, writable), and enters at CodeBase.
    [[nodiscard]] LongModeEntry longModeEntry();

    [[nodiscard]] std::uint64_t load(std::uint64_t address, std::size_t bytes) const;
    void store(std::uint64_t address, std::uint64_t value, std::size_t bytes);

    std::shared_ptr<const Kvm> kvm;
    Log log;
    std::unique_ptr<KvmVm> vm;
    std::unique_ptr<AddressSpace> memory;
    Bus ports;
    ReportDevice report;
    EchoDevice echo;
    ReportDevice done;
    ScratchDevice lowScratch;
    ScratchDevice scratch;
    UnknownMsrs msrs{log};
    std::vector<std::unique_ptr<Vcpu>> vcpus;
    /// Completes what KVM cannot; false = give the exit back. Runs on the vCPU's thread.
    std::function<bool(Vcpu&, VcpuRunHandle&, const InternalError&)> assist;
    /// The same for exits of other kinds, after those two.
    std::function<bool(const VcpuExit&)> answer;
    /// The same for a triple fault.
    std::function<bool()> shutdownAssist;

private:
    [[nodiscard]] Result<> build(const std::string& guestPath, unsigned cpus);
    VcpuExit runBound(Vcpu& vcpu, const std::function<bool()>& stop);

    std::atomic<bool> m_stop = false;
    std::vector<std::jthread> m_threads;
};

/// Skips a test where there is no usable /dev/kvm.
#define SKIP_WITHOUT_KVM()                                                                                   \
    if (const auto opened = engine::kvm::Kvm::open(); !opened)                                               \
    GTEST_SKIP() << opened.error().message()

} // namespace engine::kvm::test
