// SPDX-License-Identifier: GPL-3.0-or-later
// exit_bench [ROUNDS]: what an exit costs that VcpuGroup dispatches to a device, against a bare loop
// around KVM_RUN with the same vCPU and guest, in turns. Exit code 1 when a bound is missed, 77 when
// this machine cannot run guests.
#include "bench/figures.h"
#include "engine/kvm/test_vm.h"
#include "kvm/kvm_api.h"
#include "vm/vcpu_group.h"

#include <chrono>
#include <semaphore>
#include <system_error>

namespace {

using namespace engine;
using engine::kvm::test::TestVm;
using Clock = std::chrono::steady_clock;

constexpr double Bound = 1.05;
constexpr int Exits = 1000; // in one turn

/// Times a number of writes on the thread that makes them.
class StampDevice final : public BusDevice {
public:
    void read(std::uint64_t, std::span<std::byte> data) override { std::ranges::fill(data, std::byte{0}); }
    void write(std::uint64_t, std::span<const std::byte>) override
    {
        if (m_left == 0)
            return;
        if (m_left == Exits)
            m_start = Clock::now();
        if (--m_left == 0) {
            m_end = Clock::now();
            m_done.release();
        }
    }
    /// While the vCPU stands at the gate.
    void arm() { m_left = Exits; }
    /// Microseconds for each exit.
    [[nodiscard]] double wait()
    {
        m_done.acquire();
        return std::chrono::duration<double, std::micro>(m_end - m_start).count() / (Exits - 1);
    }

private:
    int m_left = 0; // vCPU thread, or the main thread while that waits
    Clock::time_point m_start;
    Clock::time_point m_end;
    std::binary_semaphore m_done{0};
};

/// Microseconds for each exit of a loop that does nothing but enter the guest; negative on an error.
double bareLoop(const kvm::Vcpu& vcpu)
{
    const auto runOnce = [&vcpu] { return ::ioctl(vcpu.fd(), KVM_RUN, 0) == 0; };
    const auto& run = vcpu.runPage().run();
    for (int i = 0; i < 10; ++i) // the exits that the gate interrupted
        if (!runOnce() && errno != EINTR)
            return -1;
    const auto start = Clock::now();
    for (int i = 0; i < Exits; ++i)
        if (!runOnce() || (run.exit_reason != KVM_EXIT_IO && run.exit_reason != KVM_EXIT_MMIO))
            return -1;
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count() / Exits;
}

/// True when the bound is kept.
bool measure(const std::string& name, const char* guest, int rounds)
{
    auto machine = TestVm::create(guest);
    if (!machine)
        std::exit(bench::CannotRun);
    StampDevice device;
    machine->ports.remove({.base = kvm::test::EchoPort, .length = 4});
    machine->memory->mmio().remove({.base = kvm::test::DeviceBase, .length = 4096});
    if (!machine->ports.insert({.base = kvm::test::EchoPort, .length = 4}, device)
        || !machine->memory->mmio().insert({.base = kvm::test::DeviceBase, .length = 4096}, device)
        || !machine->vcpus[0]->enter(machine->longModeEntry()))
        std::exit(bench::CannotRun);
    std::vector<double> dispatched;
    std::vector<double> bare;
    std::vector<double> ratios;
    VcpuGroup group("bench", std::move(machine->vcpus),
                    {.ports = machine->ports,
                     .memory = *machine->memory,
                     .coalesced = machine->vm->coalescedWrites(),
                     .msrs = machine->msrs,
                     .log = machine->log},
                    [](VcpuStop) { std::abort(); });
    group.start();
    for (int round = 0; round <= rounds; ++round) {
        device.arm();
        group.resume();
        const double ours = device.wait();
        group.pause();
        const double floor = bareLoop(*group.vcpus().front());
        if (floor < 0) {
            std::printf("the bare loop failed: %s\n", std::system_category().message(errno).c_str());
            std::exit(1);
        }
        if (round == 0)
            continue; // warms up
        dispatched.push_back(ours);
        bare.push_back(floor);
        ratios.push_back(ours / floor);
    }
    group.stop();
    bench::report(name + ", bare KVM_RUN loop", bench::median(bare), "us");
    bench::report(name + ", dispatched to a device", bench::median(dispatched), "us");
    return bench::report(name + ", median ratio of neighbouring turns", bench::median(ratios), "x", Bound);
}

} // namespace

int main(int argc, char** argv)
{
    if (const auto opened = kvm::Kvm::open(); !opened) {
        std::printf("skipped: %s\n", opened.error().message().c_str());
        return bench::CannotRun;
    }
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 101;
    bench::reportLoad();
    const bool ports = measure("port write", GUEST_PORT_LOOP, rounds);
    const bool memory = measure("memory-mapped write", GUEST_REGISTER_LOOP, rounds);
    return ports && memory ? 0 : 1;
}
