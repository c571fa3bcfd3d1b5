// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// What firmware the guest starts with.
enum class FirmwareKind : std::uint8_t {
    SeaBios, ///< the distribution's BIOS
    Ovmf,    ///< the distribution's UEFI
    File,    ///< an image of the user's, see FirmwareConfig::path
};

struct FirmwareConfig {
    FirmwareKind kind = FirmwareKind::SeaBios;
    std::string path;          ///< only for File
    std::string variablesPath; ///< UEFI variable store; made from the distribution's template when absent.
                               ///< Empty: variables live as long as the guest runs
    bool operator==(const FirmwareConfig&) const = default;
};

/// Starting a kernel directly, without firmware.
struct KernelConfig {
    std::string path;
    std::string initrdPath; ///< may be empty
    std::string commandLine;
    bool operator==(const KernelConfig&) const = default;
};

enum class DiskBus : std::uint8_t { Ahci, Nvme, Virtio };

struct DiskConfig {
    std::string path;
    DiskBus bus = DiskBus::Ahci;
    std::string format; ///< "raw", "qcow2"; empty: by the file's contents when it is opened
    bool readOnly = false;
    bool discardChanges = false; ///< writes go to a temporary overlay that is thrown away
    std::string serial;          ///< at most 20 ASCII characters; empty: derived from the position
    bool operator==(const DiskConfig&) const = default;
};

/// One CD/DVD drive; an empty path is a drive without a disc.
struct CdConfig {
    std::string path;
    bool operator==(const CdConfig&) const = default;
};

enum class NetworkMode : std::uint8_t { None, User, Isolated, Internal, Tap };
enum class NetworkModel : std::uint8_t { E1000e, Virtio };

/// A mode as people write it: "user", "isolated", "none", "internal:NAME", "tap:INTERFACE".
struct NetworkPlace {
    NetworkMode mode = NetworkMode::User;
    std::string name; ///< of the internal network or the tap interface
    bool operator==(const NetworkPlace&) const = default;
};
[[nodiscard]] std::optional<NetworkPlace> parseNetworkPlace(std::string_view text);
[[nodiscard]] std::string describe(const NetworkPlace& place);

struct PortForward {
    bool udp = false;
    std::string hostAddress = "127.0.0.1";
    std::uint16_t hostPort = 0;
    std::string guestAddress; ///< empty: the address that DHCP gave the guest
    std::uint16_t guestPort = 0;
    bool operator==(const PortForward&) const = default;
};

struct NetworkConfig {
    NetworkMode mode = NetworkMode::User;
    NetworkModel model = NetworkModel::E1000e;
    std::string name;       ///< internal network's name, or tap interface
    std::string macAddress; ///< "52:54:00:..."; empty: derived from the guest's id
    std::string captureFile;
    bool allowHostLoopback = false; ///< the guest reaches this computer's 127.0.0.1 as 10.0.2.2
    std::string tftpFolder;         ///< user network: what the TFTP server at 10.0.2.2 gives out; empty: none
    std::string bootFile;           ///< user network: what DHCP tells a network boot to load; may be empty
    std::vector<PortForward> forwards;
    bool operator==(const NetworkConfig&) const = default;
};

enum class SerialKind : std::uint8_t { None, Stdio, File, UnixSocket };

struct SerialConfig {
    SerialKind kind = SerialKind::None;
    std::string path;
    bool operator==(const SerialConfig&) const = default;
};

/// The graphics card; both answer as a standard VGA until the guest's driver takes over.
enum class DisplayModel : std::uint8_t {
    Vga,       ///< standard VGA: every system has a driver
    VirtioGpu, ///< virtio-gpu: follows the window's size, has a pointer plane
};
/// The pointing device beside the PS/2 mouse, which stays for guests without a driver for it.
enum class PointerKind : std::uint8_t { Ps2, UsbTablet, VirtioTablet };
/// The keyboard beside the PS/2 one, which stays for guests without a driver for it.
enum class KeyboardKind : std::uint8_t { Ps2, Usb, Virtio };

enum class BootDevice : std::uint8_t { Cd, Disk, Floppy, Network };

/// Everything about a guest's hardware: what a wizard edits, a file stores and Vm::create() builds.
/// A plain value; members not set keep sensible defaults.
struct VmConfig {
    std::string name = "guest"; ///< shown to people; 1 to 100 characters
    std::string id;             ///< UUID text; empty: a random one is made for this run
    std::uint32_t cpuCount = 1; ///< 1 to 255
    std::uint64_t memoryBytes = std::uint64_t{1} << 30; ///< whole MiB, 64 MiB to 95 % of the host's
    FirmwareConfig firmware;
    std::optional<KernelConfig> kernel;
    std::vector<DiskConfig> disks;
    std::vector<CdConfig> cds;
    std::string floppyPath;              ///< empty: none
    std::vector<std::string> optionRoms; ///< run by a BIOS before it starts anything
    std::vector<BootDevice> bootOrder;   ///< empty: disk, then CD, when a disk holds something bootable
    std::vector<NetworkConfig> networks;
    SerialConfig serial;
    std::string debugConsoleFile; ///< the firmware's debug output (port 402h) is written here; empty: nowhere
    std::uint32_t videoMemoryBytes = 16U << 20;
    bool hasDisplay = true;
    DisplayModel displayModel = DisplayModel::Vga; ///< only with hasDisplay
    PointerKind pointer = PointerKind::UsbTablet;
    KeyboardKind keyboard = KeyboardKind::Ps2;
    bool hasEntropyDevice = true; ///< virtio-rng: random numbers from the host
    bool hyperV = false;          ///< present Hyper-V interfaces (Windows)
    bool rtcLocalTime = false;    ///< the clock holds local time (Windows)
    bool stopOnReset = false;     ///< a guest that resets itself stops instead
    bool operator==(const VmConfig&) const = default;
};

/// One thing wrong with a configuration.
struct ConfigProblem {
    std::string field; ///< path of the member: "memoryBytes", "disks[1].path"
    std::string text;  ///< one English sentence: what is wrong and what would be right
};

/// All problems that can be seen without opening files. `hostMemoryBytes` is the host's RAM.
[[nodiscard]] std::vector<ConfigProblem> validate(const VmConfig& config, std::uint64_t hostMemoryBytes);

/// The host's RAM in bytes.
[[nodiscard]] std::uint64_t hostMemoryBytes();

} // namespace engine
