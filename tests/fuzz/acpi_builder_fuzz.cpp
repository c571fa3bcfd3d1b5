// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/acpi_reader.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <type_traits>

namespace {

using namespace engine::firmware;

/// Numbers from the input, zeros when it is used up.
class Source {
public:
    explicit Source(std::span<const std::uint8_t> data) : m_data(data) {}
    template <class T>
    T next()
    {
        T value{};
        const std::size_t count = std::min(sizeof value, m_data.size());
        if (count != 0)
            std::memcpy(&value, m_data.data(), count);
        m_data = m_data.subspan(count);
        return value;
    }

private:
    std::span<const std::uint8_t> m_data;
};

std::optional<AddressWindow> nextWindow(Source& source)
{
    if (source.next<std::uint8_t>() % 4 == 0)
        return std::nullopt;
    const auto first = source.next<std::uint64_t>();
    return AddressWindow{first, first + source.next<std::uint32_t>()};
}

AcpiConfig nextConfig(Source& source)
{
    AcpiConfig config;
    config.apicIds.resize(source.next<std::uint16_t>() % 1100);
    std::iota(config.apicIds.begin(), config.apicIds.end(), source.next<std::uint32_t>());
    const auto flags = source.next<std::uint8_t>();
    config.hasPs2 = (flags & 1) != 0;
    config.hasFwCfg = (flags & 2) != 0;
    config.hasTpm = (flags & 4) != 0;
    config.rsdpRevision = (flags & 8) != 0 ? 2 : 0;
    if ((flags & 16) != 0)
        config.pciWindow32 = nextWindow(source);
    if ((flags & 32) != 0)
        config.pciWindow64 = nextWindow(source);
    if ((flags & 64) != 0)
        config.ecamBase = std::uint64_t{source.next<std::uint16_t>()} << 20;
    config.ecamBytes = (std::uint64_t{source.next<std::uint8_t>()} + 1) << 20;
    config.powerManagementBase = source.next<std::uint16_t>();
    config.sciIrq = source.next<std::uint8_t>();
    config.sleepTypeS5 = source.next<std::uint8_t>();
    config.serialPorts.resize(source.next<std::uint8_t>() % 6);
    for (AcpiSerialPort& port : config.serialPorts)
        port = {source.next<std::uint16_t>(), static_cast<std::uint8_t>(source.next<std::uint8_t>() % 18)};
    return config;
}

void require(bool condition)
{
    if (!condition)
        std::abort();
}

} // namespace

/// Any configuration is refused, or gives tables that a strict reader takes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Source source({data, size});
    const AcpiConfig config = nextConfig(source);
    const auto files = buildAcpiFiles(config);
    if (!files)
        return 0;
    const auto loaded = test::runTableLoader(*files, 0x1ffd'0000);
    require(loaded.has_value());
    const auto tables = test::readTables(
        [&](std::uint64_t address, std::size_t length) { return loaded->read(address, length); },
        loaded->addresses.at("etc/acpi/rsdp"));
    require(tables.has_value());
    const auto& dsdt = tables->at("DSDT");
    require(test::checkAml(std::span(dsdt).subspan(36)).has_value());
    return 0;
}
