// SPDX-License-Identifier: GPL-3.0-or-later
// pause_bench [PAUSES]: how long it takes until 4 busy vCPUs stand still. Exit code 1 when the bound is
// missed (it holds for an idle machine: see the load average), 77 when this machine cannot run guests.
#include "bench/figures.h"
#include "engine/kvm/test_vm.h"
#include "kvm/kvm_api.h"
#include "vm/vcpu_group.h"

#include <chrono>
#include <thread>

namespace {

using namespace engine;
using Clock = std::chrono::steady_clock;

constexpr unsigned Cpus = 4;
constexpr double BoundMilliseconds = 2;
constexpr auto BusyTime = std::chrono::milliseconds(5); // between two pauses

} // namespace

int main(int argc, char** argv)
{
    if (const auto opened = kvm::Kvm::open(); !opened) {
        std::printf("skipped: %s\n", opened.error().message().c_str());
        return bench::CannotRun;
    }
    const bool isBusy = bench::reportLoad(); // before our own load counts
    const int pauses = argc > 1 ? std::atoi(argv[1]) : 300;
    auto machine = kvm::test::TestVm::create(GUEST_SPIN, Cpus);
    if (!machine)
        return bench::CannotRun;
    for (const auto& vcpu : machine->vcpus) {
        // The others would wait for their start signal for ever.
        kvm_mp_state running{.mp_state = KVM_MP_STATE_RUNNABLE};
        if (::ioctl(vcpu->fd(), KVM_SET_MP_STATE, &running) != 0 || !vcpu->enter(machine->longModeEntry()))
            return bench::CannotRun;
    }
    VcpuGroup group("bench", std::move(machine->vcpus),
                    {.ports = machine->ports,
                     .memory = *machine->memory,
                     .coalesced = machine->vm->coalescedWrites(),
                     .msrs = machine->msrs,
                     .log = machine->log},
                    [](VcpuStop) { std::abort(); });
    group.start();
    std::vector<double> pause;
    for (int i = 0; i < pauses; ++i) {
        group.resume();
        std::this_thread::sleep_for(BusyTime);
        const auto start = Clock::now();
        group.pause();
        pause.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    const auto used = group.cpuTime();
    group.stop();
    bench::report("CPU time of the guest between pauses",
                  std::chrono::duration<double, std::milli>(used).count() / pauses, "ms");
    bench::report("pause of 4 busy vCPUs, median", bench::median(pause), "ms");
    const bool kept =
        bench::report("pause of 4 busy vCPUs, p99", bench::quantile(pause, 0.99), "ms", BoundMilliseconds);
    bench::report("pause of 4 busy vCPUs, longest", bench::quantile(pause, 1), "ms");
    if (!kept && isBusy)
        std::printf("others use the processors, so the bound is not judged\n");
    return kept ? 0 : isBusy ? bench::CannotRun : 1;
}
