// SPDX-License-Identifier: GPL-3.0-or-later
// Bare-metal guests of tests/guests under the real KVM.
#include "base/event_fd.h"
#include "engine/kvm/test_vm.h"

#include <algorithm>

using namespace engine;
using namespace engine::kvm;
using namespace engine::kvm::test;

namespace {

constexpr PvhEntry FlatEntry{.entryPoint = CodeBase, .startInfo = 0};

using Reports = std::vector<std::uint64_t>;

/// A device with a level-triggered interrupt that the guest acknowledges.
class ServiceDevice final : public BusDevice {
public:
    explicit ServiceDevice(IrqLine& line) : m_line(line) {}
    void wantService()
    {
        m_wanted = true;
        m_line.setLevel(true);
    }
    void read(std::uint64_t, std::span<std::byte> data) override
    {
        storeLittleEndian(data, m_wanted ? 1 : 0);
    }
    void write(std::uint64_t, std::span<const std::byte>) override
    {
        m_wanted = false;
        m_line.setLevel(false);
    }

private:
    IrqLine& m_line;
    std::atomic<bool> m_wanted = false;
};

} // namespace

TEST(GuestRun, RealModeGuestTalksToPortsAndDeviceMemory)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_REAL_MODE_IO);
    ASSERT_TRUE(machine);
    ASSERT_TRUE(
        machine->vcpus[0]->enter(RealModeEntry{.codeSegment = CodeBase >> 4, .stackPointer = 0x8000}));

    (void)machine->run(0);

    EXPECT_EQ(machine->report.reports(), (Reports{0x42, 0x12345679, 'g', 'u', 'e', 's', 't', 0xBEEF}));
    EXPECT_FALSE(machine->done.reports().empty());
}

TEST(GuestRun, TripleFaultIsAShutDown)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_TRIPLE_FAULT);
    ASSERT_TRUE(machine);
    ASSERT_TRUE(machine->vcpus[0]->enter(FlatEntry));
    EXPECT_TRUE(std::holds_alternative<ShutDown>(machine->run(0)));
}

TEST(GuestRun, UnknownMsrReadsZeroAndIsLogged)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_UNKNOWN_MSR);
    ASSERT_TRUE(machine);
    if (machine->kvm->caps().userSpaceMsr == 0)
        GTEST_SKIP() << "this host's KVM does not report unknown MSRs";
    ASSERT_TRUE(machine->vcpus[0]->enter(FlatEntry));

    (void)machine->run(0);

    EXPECT_EQ(machine->report.reports(), (Reports{0, 0}));
    const auto entries = machine->log.entries();
    EXPECT_TRUE(std::ranges::any_of(
        entries, [](const LogEntry& entry) { return entry.text.find("0x0000fade") != std::string::npos; }));
}

TEST(GuestRun, FirstCpuWakesAllOthers)
{
    SKIP_WITHOUT_KVM();
    constexpr unsigned Cpus = 4;
    const auto machine = TestVm::create(GUEST_COUNT_CPUS, Cpus);
    ASSERT_TRUE(machine);
    machine->store(DataBase, Cpus, 4);
    ASSERT_TRUE(machine->vcpus[0]->enter(FlatEntry));

    machine->startThreads();
    const bool reported = machine->report.waitFor(1);
    machine->stopThreads();

    ASSERT_TRUE(reported) << "only " << machine->load(DataBase + 4, 4) << " CPUs came up";
    EXPECT_EQ(machine->report.reports().front(), Cpus);
}

TEST(GuestRun, KickEndsAHaltThatNothingElseCanEnd)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_HALT_FOREVER);
    ASSERT_TRUE(machine);
    ASSERT_TRUE(machine->vcpus[0]->enter(FlatEntry));
    machine->startThreads();
    ASSERT_TRUE(machine->report.waitFor(1));
    const auto before = std::chrono::steady_clock::now();

    machine->stopThreads(); // returns only after the vCPU's thread has ended

    const auto took = std::chrono::steady_clock::now() - before;
    RecordProperty("kick_microseconds",
                   std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
    EXPECT_LT(took, std::chrono::seconds(5));
}

TEST(GuestRun, KickBeforeTheRunIsNotLost)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_HALT_FOREVER);
    ASSERT_TRUE(machine);
    Vcpu& vcpu = *machine->vcpus[0];
    ASSERT_TRUE(vcpu.enter(FlatEntry));
    VcpuRunHandle handle = vcpu.bindToThisThread();

    vcpu.kick();
    const auto exit = vcpu.run(handle);

    ASSERT_TRUE(exit);
    EXPECT_TRUE(std::holds_alternative<Interrupted>(*exit));
    const auto next = vcpu.run(handle);
    ASSERT_TRUE(next);
    EXPECT_TRUE(std::holds_alternative<IoOut>(*next)) << "one kick interrupts once";
}

TEST(GuestRun, KicksFromManyThreadsNeverLoseARequest)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_HALT_FOREVER);
    ASSERT_TRUE(machine);
    Vcpu& vcpu = *machine->vcpus[0];
    ASSERT_TRUE(vcpu.enter(FlatEntry));
    constexpr int Rounds = 200;
    std::atomic<int> requested = 0;
    std::atomic<int> seen = 0;
    std::jthread runner([&] {
        VcpuRunHandle handle = vcpu.bindToThisThread();
        while (seen < Rounds) {
            const auto exit = vcpu.run(handle);
            ASSERT_TRUE(exit) << exit.error().message();
            seen = requested.load();
        }
    });
    const auto deadline = std::chrono::steady_clock::now() + Patience;
    for (int round = 1; round <= Rounds; ++round) {
        requested = round;
        vcpu.kick(); // exactly one kick per request: were it lost, the guest would sleep for ever
        while (seen < round && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
        ASSERT_EQ(seen, round);
    }
}

TEST(GuestRun, PendingInputIsTakenInBeforeTheStateIsRead)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_REAL_MODE_IO);
    ASSERT_TRUE(machine);
    Vcpu& vcpu = *machine->vcpus[0];
    ASSERT_TRUE(vcpu.enter(RealModeEntry{.codeSegment = CodeBase >> 4, .stackPointer = 0x8000}));
    VcpuRunHandle handle = vcpu.bindToThisThread();
    while (true) {
        const auto exit = vcpu.run(handle);
        ASSERT_TRUE(exit);
        if (const auto* in = std::get_if<IoIn>(&*exit)) {
            in->data[0] = std::byte{0x99};
            break;
        }
    }

    const auto before = vcpu.instructionAddress();
    const auto completed = vcpu.completePending(handle);

    ASSERT_TRUE(completed);
    EXPECT_TRUE(std::holds_alternative<Interrupted>(*completed));
    EXPECT_EQ(*vcpu.instructionAddress(), CodeBase + 11) << "behind the IN instruction; was at " << *before;
    const auto next = vcpu.run(handle);
    ASSERT_TRUE(next);
    ASSERT_TRUE(std::holds_alternative<IoOut>(*next));
    EXPECT_EQ(std::get<IoOut>(*next).data[0], std::byte{0x99});
}

TEST(GuestRun, MessagesLinesAndDoorbellsMakeTheRoundTrip)
{
    SKIP_WITHOUT_KVM();
    const auto machine = TestVm::create(GUEST_MESSAGE_INTERRUPT);
    ASSERT_TRUE(machine);
    auto doorbell = EventFd::create();
    ASSERT_TRUE(doorbell);
    IoEvent event;
    event.address = DeviceBase + 0x100;
    event.length = 4;
    event.datamatch = 7;
    event.eventFd = doorbell->fd();
    ASSERT_TRUE(machine->vm->ioEvents().addIoEvent(event));
    auto line = machine->vm->createIrqLine(10);
    ASSERT_TRUE(line);
    auto vector = machine->vm->msiController().createVector();
    ASSERT_TRUE(vector);
    ServiceDevice device(**line);
    ASSERT_TRUE(machine->ports.insert({.base = 0x520, .length = 1}, device));
    ASSERT_TRUE(machine->vcpus[0]->enter(machine->longModeEntry()));
    machine->startThreads();
    ASSERT_TRUE(machine->report.waitFor(1));
    EXPECT_TRUE(doorbell->drain()) << "the doorbell write is taken by the kernel";
    EXPECT_EQ(machine->scratch.accesses(), 0) << "and does not reach the device";

    (*vector)->signal(); // not programmed yet: nothing
    (*vector)->setMessage({.address = 0xFEE00000, .data = 0x40});
    for (std::size_t round = 0; round < 3; ++round) {
        (*vector)->signal();
        ASSERT_TRUE(machine->report.waitFor(2 + 2 * round));
        device.wantService();
        ASSERT_TRUE(machine->report.waitFor(3 + 2 * round));
    }
    // Programmed anew, it goes elsewhere: vector 0x42 this time.
    (*vector)->setMessage({.address = 0xFEE00000, .data = 0x42});
    (*vector)->signal();
    ASSERT_TRUE(machine->report.waitFor(8));
    machine->stopThreads();
    machine->vm->ioEvents().removeIoEvent(event);

    EXPECT_EQ(machine->report.reports(), (Reports{0x600D, 0x40, 0x41, 0x40, 0x41, 0x40, 0x41, 0x42}));
}
