// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/kvm_access.h"

#include "kvm/kvm_api.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace engine::kvm {

namespace {

enum class CpuVendor : std::uint8_t { Intel, Amd, NoVirtualization };

/// The flags of the first processor, between blanks.
std::string readCpuFlags()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("flags"))
            return line + ' ';
    return {};
}

bool hasCpuFlag(std::string_view flags, std::string_view flag)
{
    const std::string wanted = " " + std::string(flag) + " ";
    return flags.find(wanted) != std::string_view::npos;
}

CpuVendor detectCpuVendor()
{
    const std::string flags = readCpuFlags();
    if (hasCpuFlag(flags, "vmx"))
        return CpuVendor::Intel;
    return hasCpuFlag(flags, "svm") ? CpuVendor::Amd : CpuVendor::NoVirtualization;
}

AccessAdvice adviseMissingDevice(const std::string& path)
{
    switch (detectCpuVendor()) {
    case CpuVendor::Intel:
        return {"There is no " + path + ": the kernel module kvm_intel is not loaded.",
                "sudo modprobe kvm_intel"};
    case CpuVendor::Amd:
        return {"There is no " + path + ": the kernel module kvm_amd is not loaded.",
                "sudo modprobe kvm_amd"};
    case CpuVendor::NoVirtualization: break;
    }
    return {"There is no " + path
                + ", and this CPU shows no virtualization: switch on VT-x or AMD-V (SVM) in the computer's"
                  " firmware setup, or, inside a virtual machine, nested virtualization.",
            {}};
}

std::string groupNameOf(gid_t id)
{
    group entry{};
    group* found = nullptr;
    std::string buffer(4096, '\0');
    if (::getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) != 0 || !found)
        return {};
    return entry.gr_name;
}

AccessAdvice adviseDenied(const std::string& path)
{
    if (::access("/.flatpak-info", F_OK) == 0)
        return {"This sandbox may not use " + path + ".", "flatpak override --user --device=kvm $FLATPAK_ID"};
    struct stat status{};
    const bool known = ::stat(path.c_str(), &status) == 0;
    const std::string groupName = known ? groupNameOf(status.st_gid) : std::string();
    constexpr mode_t GroupMayUse = S_IRGRP | S_IWGRP;
    if (!groupName.empty() && groupName != "root" && (status.st_mode & GroupMayUse) == GroupMayUse)
        return {"You may not use " + path + ": only members of the group \"" + groupName
                    + "\" may. Join it, then log out and in again.",
                "sudo usermod -aG " + groupName + " $USER"};
    return {"You may not use " + path + ": its owner has not allowed it to other users.",
            "sudo setfacl -m u:$USER:rw " + path};
}

} // namespace

bool hostHasVirtualization()
{
    return detectCpuVendor() != CpuVendor::NoVirtualization;
}

std::optional<AccessAdvice> adviseSplitLocks(std::string_view cpuFlags, std::string_view mitigate)
{
    // Documentation/admin-guide/sysctl/kernel.rst, split_lock_mitigate: 1 is the default.
    if (!hasCpuFlag(cpuFlags, "split_lock_detect") || !mitigate.starts_with('1'))
        return std::nullopt;
    return AccessAdvice{"This computer slows programs down that lock memory across cache lines; some Windows"
                        " guests do that all the time and become many times slower.",
                        "sudo sysctl kernel.split_lock_mitigate=0"};
}

std::optional<AccessAdvice> adviseSplitLocksHere()
{
    std::ifstream setting("/proc/sys/kernel/split_lock_mitigate");
    std::string mitigate;
    std::getline(setting, mitigate);
    return adviseSplitLocks(readCpuFlags(), mitigate);
}

AccessAdvice adviseOpenFailure(const std::string& path, int err)
{
    switch (err) {
    case ENOENT: return adviseMissingDevice(path);
    case ENODEV:
    case ENXIO:
        return {path + " exists, but no KVM module stands behind it.", "sudo modprobe -a kvm_intel kvm_amd"};
    case EACCES:
    case EPERM: return adviseDenied(path);
    default: return {Error::system("Cannot open " + path, err).message() + ".", {}};
    }
}

Error explainOpenFailure(const std::string& path, int err)
{
    AccessAdvice advice = adviseOpenFailure(path, err);
    Error error = Error::system({}, err);
    error.osErrno = 0; // the sentence says it already
    error.detail = std::move(advice.explanation);
    if (!advice.fixCommand.empty())
        error.detail += " Run: " + advice.fixCommand;
    return error;
}

Result<> checkApiVersion(const std::string& path, int version)
{
    if (version == KVM_API_VERSION)
        return {};
    if (version < 0)
        return fail(ErrorCode::Unsupported, path + " is not a KVM device.");
    return fail(ErrorCode::Unsupported,
                path + " speaks version " + std::to_string(version)
                    + " of the KVM interface; version 12 is needed. Update the kernel.");
}

} // namespace engine::kvm
