// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile driver of the SATA controller: registers, command tables, ATA and packet commands. Afterwards a
// well-behaved driver must find both devices working.
#include "engine/devices/storage/ahci_guest.h"
#include "fuzz_input.h"

#include <cstdlib>

namespace engine::test {
namespace {

struct Machine {
    Machine()
    {
        controller.attachDisk(0, disk);
        controller.attachOptical(1, drive);
        board.insert(controller);
        AhciGuest(board, 0).enablePci();
        drive->setMedium(medium);
    }
    void settle()
    {
        disk->loop().runAndWait([] {});
        (void)controller.waitIdle(std::chrono::seconds(10));
    }

    PciTestBoard board{2 << 20};
    std::shared_ptr<MemoryBlockBackend> disk =
        std::make_shared<MemoryBlockBackend>(1 << 18, BlockInfo{.canDiscard = true});
    std::shared_ptr<MemoryBlockBackend> medium =
        std::make_shared<MemoryBlockBackend>(1 << 18, BlockInfo{.readOnly = true});
    std::shared_ptr<OpticalDrive> drive = OpticalDrive::create(disk->loop(), board.log, "cd0");
    AhciController controller{board.memory, board.log};
};

void issue(Machine& machine, FuzzInput& input)
{
    const unsigned port = input.take<std::uint8_t>() & 1;
    const unsigned slot = input.take<std::uint8_t>() & 31;
    const AhciGuest guest(machine.board, port);
    AhciGuest::Spec spec{.command = input.take<std::uint8_t>(),
                         .lba = input.take<std::uint64_t>(),
                         .count = input.take<std::uint16_t>(),
                         .features = input.take<std::uint16_t>(),
                         .device = input.take<std::uint8_t>()};
    if ((input.take<std::uint8_t>() & 1) != 0)
        spec.lba &= 0xff;
    spec.bytes = input.take<std::uint16_t>();
    if (port == 1 && (input.take<std::uint8_t>() & 3) != 0) {
        spec.command = 0xa0;
        const auto packet = input.takeBytes(12);
        spec.packet.assign(packet.begin(), packet.end());
    }
    spec.control = input.take<std::uint8_t>() == 1;
    spec.controlValue = input.take<std::uint8_t>();
    guest.prepare(slot, spec);
    guest.setReg(AhciGuest::PxSACT, 1U << slot);
    guest.setReg(AhciGuest::PxCI, 1U << slot);
}

void act(Machine& machine, FuzzInput& input)
{
    switch (input.take<std::uint8_t>() % 6) {
    case 0: {
        const std::uint64_t offset = input.take<std::uint16_t>() & 0x3ff;
        machine.board.mmioWrite(AhciGuest::Abar + offset, 1U + (input.take<std::uint8_t>() & 7),
                                input.take<std::uint64_t>());
        break;
    }
    case 1: {
        const std::uint64_t at = std::uint64_t{input.take<std::uint16_t>()} * 8;
        const auto bytes = input.takeBytes(input.take<std::uint8_t>());
        (void)machine.board.memory.write(GuestAddress(0x1'0000 + at), std::as_bytes(bytes));
        break;
    }
    case 2: machine.settle(); break;
    case 3: AhciGuest(machine.board, input.take<std::uint8_t>() & 1).start(); break;
    default: issue(machine, input); break;
    }
}

void expectWorking(Machine& machine, unsigned port, std::uint8_t identify)
{
    const AhciGuest guest(machine.board, port);
    guest.setReg(AhciGuest::PxSCTL, 0);
    guest.start();
    if ((guest.run({.command = identify, .bytes = 512}) & 2) == 0)
        std::abort();
}

} // namespace
} // namespace engine::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace engine::test;
    static auto& machine = *new Machine; // lives as long as the process
    FuzzInput input(data, size);
    AhciGuest(machine.board, 0).start();
    AhciGuest(machine.board, 1).start();
    while (!input.isEmpty())
        act(machine, input);
    const AhciGuest guest(machine.board, 0);
    guest.setGlobal(0x04, 0x80000001);
    if (!eventually([&] { return guest.global(0x04) == 0x80000000; }))
        std::abort();
    expectWorking(machine, 0, 0xec);
    expectWorking(machine, 1, 0xa1);
    return 0;
}
