// SPDX-License-Identifier: GPL-3.0-or-later
// Accesses, signals and restored states on an MSI-X table. Signals must never reach a masked vector.
#include "devices/pci/msix_table.h"
#include "fuzz/fuzz_input.h"

#include <array>
#include <cstdlib>

using namespace engine;

namespace {

constexpr std::uint8_t Capability = 0x40;

class CountingController final : public MsiController {
public:
    Result<std::unique_ptr<MsiVector>> createVector() override
    {
        if (++made % 7 == 0) // the host has no more: the vector stays silent
            return fail(ErrorCode::NoSpace);
        return std::make_unique<Vector>(*this);
    }
    unsigned made = 0;
    unsigned signals = 0;

private:
    class Vector final : public MsiVector {
    public:
        explicit Vector(CountingController& owner) : m_owner(owner) {}
        void setMessage(const MsiMessage& message) override
        {
            if (message.address % 4 != 0)
                std::abort();
        }
        void signal() override { ++m_owner.signals; }

    private:
        CountingController& m_owner;
    };
};

struct Table {
    explicit Table(unsigned vectors) : table(config, Capability, vectors, 1) { table.connect(controller); }
    void setControl(std::uint16_t value)
    {
        config.write(Capability + 2, 2, value);
        table.update(config);
    }
    CountingController controller;
    pci::ConfigSpace config;
    pci::MsixTable table;
};

void step(Table& board, test::FuzzInput& input)
{
    const auto operation = input.take<std::uint8_t>();
    std::array<std::byte, 8> bytes{};
    const auto data = std::span(bytes).first(1 + (operation >> 5));
    switch (operation & 7) {
    case 0: board.table.read(input.take<std::uint16_t>() % board.table.windowBytes(), data); break;
    case 1:
    case 2:
    case 3: {
        const auto offset = input.take<std::uint16_t>() % board.table.windowBytes();
        storeLittleEndian(data, input.take<std::uint64_t>());
        board.table.write(offset, data);
        break;
    }
    case 4: {
        const unsigned before = board.controller.signals;
        const bool enabled = board.table.isEnabled();
        board.table.signal(input.take<std::uint16_t>());
        if (board.controller.signals > before + (enabled ? 1 : 0))
            std::abort();
        break;
    }
    case 5: board.setControl(input.take<std::uint16_t>()); break;
    case 6: {
        StateReader in(std::as_bytes(input.takeBytes(input.take<std::uint16_t>())));
        (void)board.table.restoreState(in);
        break;
    }
    default: {
        StateWriter out;
        board.table.saveState(out);
        StateReader in(out.data());
        if (!board.table.restoreState(in))
            std::abort();
        break;
    }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    test::FuzzInput input(data, size);
    Table board(1 + input.take<std::uint16_t>() % 2048);
    while (!input.isEmpty())
        step(board, input);
    board.setControl(0);
    const unsigned before = board.controller.signals;
    for (unsigned vector = 0; vector < board.table.vectorCount(); ++vector)
        board.table.signal(vector);
    return board.controller.signals == before ? 0 : (std::abort(), 1);
}
