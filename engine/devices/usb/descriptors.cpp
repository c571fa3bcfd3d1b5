// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/usb/descriptors.h"

namespace engine::usb {

namespace {

constexpr unsigned low(unsigned value)
{
    return value & 0xff;
}

constexpr unsigned high(unsigned value)
{
    return value >> 8 & 0xff;
}

} // namespace

Bytes bytesOf(std::initializer_list<unsigned> values)
{
    Bytes bytes;
    bytes.reserve(values.size());
    for (const unsigned value : values)
        bytes.push_back(std::byte(static_cast<std::uint8_t>(value)));
    return bytes;
}

void append(Bytes& to, const Bytes& more)
{
    to.insert(to.end(), more.begin(), more.end());
}

Bytes deviceDescriptor(const Identity& identity)
{
    constexpr unsigned Length = 18;
    const auto string = [&](unsigned number) { return number <= identity.strings.size() ? number : 0U; };
    return bytesOf({Length, 1, low(identity.usbVersion), high(identity.usbVersion), 0, 0,
                    0, // the interface tells its class
                    identity.maxPacket0, low(identity.vendor), high(identity.vendor), low(identity.product),
                    high(identity.product), low(identity.release), high(identity.release), string(1),
                    string(2), string(3), 1});
}

Bytes configurationDescriptor(const InterfaceClass& function, const Bytes& classDescriptor,
                              const InterruptIn& endpoint)
{
    constexpr unsigned HeaderLength = 9;
    constexpr unsigned InterfaceLength = 9;
    constexpr unsigned EndpointLength = 7;
    constexpr unsigned BusPoweredWithWakeup = 0xa0;
    constexpr unsigned MaxPower = 50; // in units of 2 mA
    constexpr unsigned InterruptTransfer = 3;
    const auto total =
        HeaderLength + InterfaceLength + static_cast<unsigned>(classDescriptor.size()) + EndpointLength;
    Bytes all =
        bytesOf({HeaderLength, 2, low(total), high(total), 1, 1, 0, BusPoweredWithWakeup, MaxPower,
                 InterfaceLength, 4, 0, 0, 1, function.classCode, function.subclass, function.protocol, 0});
    append(all, classDescriptor);
    append(all, bytesOf({EndpointLength, 5, endpoint.address, InterruptTransfer, low(endpoint.maxPacket),
                         high(endpoint.maxPacket), endpoint.interval}));
    return all;
}

Bytes stringDescriptor(std::string_view ascii)
{
    constexpr std::size_t MostCharacters = 126;
    ascii = ascii.substr(0, MostCharacters);
    Bytes all = bytesOf({static_cast<unsigned>(2 + 2 * ascii.size()), 3});
    for (const char c : ascii)
        append(all, bytesOf({static_cast<unsigned char>(c), 0}));
    return all;
}

Bytes languageDescriptor()
{
    constexpr unsigned UsEnglish = 0x0409;
    return bytesOf({4, 3, low(UsEnglish), high(UsEnglish)});
}

} // namespace engine::usb
