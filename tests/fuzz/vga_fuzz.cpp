// SPDX-License-Identifier: GPL-3.0-or-later
// A hostile guest in front of the standard VGA: register and window accesses, refreshes, saved states.
#include "base/manual_clock.h"
#include "devices/display/vga_adapter.h"
#include "display/scanout.h"
#include "display/screen_text.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

using namespace engine;
using namespace engine::display;

class Input {
public:
    explicit Input(std::span<const std::uint8_t> data) : m_data(data) {}
    [[nodiscard]] bool isEmpty() const { return m_data.empty(); }
    std::uint32_t take(std::size_t bytes)
    {
        std::uint32_t value = 0;
        for (; bytes-- > 0 && !m_data.empty(); m_data = m_data.subspan(1))
            value = value << 8 | m_data.front();
        return value;
    }

private:
    std::span<const std::uint8_t> m_data;
};

void access(BusDevice& device, std::uint64_t offset, std::uint64_t limit, Input& input)
{
    const std::uint32_t how = input.take(1);
    const std::size_t width = 1 + (how & 7);
    if (offset + width > limit)
        return;
    std::array<std::byte, 8> data{};
    if ((how & 0x80) != 0) {
        storeLittleEndian(data, input.take(4));
        device.write(offset, std::span(data).first(width));
    } else {
        device.read(offset, std::span(data).first(width));
    }
}

void saveAndRestore(VgaAdapter& adapter)
{
    StateWriter out;
    adapter.save(out);
    StateReader in(out.data());
    if (!adapter.restore(in))
        std::abort(); // what a device wrote it must take back
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // Memory lives on between inputs: making and clearing it costs more than an input.
    static const auto memory = HostBlock::create("fuzz", 256 << 10).value();
    ManualClock clock;
    VgaAdapter adapter(memory, clock);
    Scanout scanout(adapter);
    Input input(std::span(data, size));
    constexpr int MostRefreshes = 8; // they dominate the time
    int refreshes = 0;
    while (!input.isEmpty()) {
        switch (input.take(1) % 8) {
        case 0:
        case 1: access(adapter.legacyPorts(), input.take(1) % 0x30, 0x30, input); break;
        case 2: access(adapter.dispiPorts(), input.take(1) % 4, 4, input); break;
        case 3: access(adapter.mmio(), input.take(2) % 0x1000, 0x1000, input); break;
        case 4:
        case 5: access(adapter.window(), input.take(3) % 0x20000, 0x20000, input); break;
        case 6:
            clock.advance(std::chrono::microseconds(input.take(2)));
            if (++refreshes <= MostRefreshes) {
                (void)scanout.refresh(clock.now());
                if (scanout.frame().isValid() && !isContained(scanout.frame()))
                    std::abort();
                (void)screenText(adapter);
            }
            break;
        default: {
            saveAndRestore(adapter);
            std::array<std::byte, 64> broken{};
            for (std::byte& byte : broken)
                byte = static_cast<std::byte>(input.take(1));
            StateReader in(broken);
            (void)adapter.restore(in);
            break;
        }
        }
    }
    return 0;
}
