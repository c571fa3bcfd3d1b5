// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace engine::usb {

using Bytes = std::vector<std::byte>;

/// Descriptor types (USB 2.0, table 9-5; HID 1.11, 7.1).
enum class DescriptorType : std::uint8_t {
    Device = 1,
    Configuration = 2,
    String = 3,
    Interface = 4,
    Endpoint = 5,
    Hid = 0x21,
    Report = 0x22,
};

[[nodiscard]] Bytes bytesOf(std::initializer_list<unsigned> values);
void append(Bytes& to, const Bytes& more);

/// What a device says about itself; one configuration with one interface.
struct Identity {
    std::uint16_t usbVersion = 0x0110; ///< bcdUSB
    std::uint8_t maxPacket0 = 8;
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::uint16_t release = 0x0100;   ///< bcdDevice
    std::vector<std::string> strings; ///< ASCII; manufacturer, product, serial number
};

struct InterfaceClass {
    std::uint8_t classCode = 0;
    std::uint8_t subclass = 0;
    std::uint8_t protocol = 0;
};

struct InterruptIn {
    std::uint8_t address = 0x81;
    std::uint16_t maxPacket = 8;
    std::uint8_t interval = 8; ///< milliseconds at low and full speed
};

[[nodiscard]] Bytes deviceDescriptor(const Identity& identity);
/// Bus powered, 100 mA, able to wake the host. `classDescriptor` stands between interface and endpoint.
[[nodiscard]] Bytes configurationDescriptor(const InterfaceClass& function, const Bytes& classDescriptor,
                                            const InterruptIn& endpoint);
/// UTF-16LE with its header (9.6.7).
[[nodiscard]] Bytes stringDescriptor(std::string_view ascii);
/// String 0: US English is all there is.
[[nodiscard]] Bytes languageDescriptor();

} // namespace engine::usb
