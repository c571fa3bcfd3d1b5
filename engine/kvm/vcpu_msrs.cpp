// SPDX-License-Identifier: GPL-3.0-or-later
#include "kvm/vcpu_msrs.h"

#include <algorithm>
#include <iterator>

namespace engine::kvm {

namespace {

// Takes effect only in the timer mode and at the time that the other registers set: written last.
constexpr std::uint32_t TscDeadline = 0x6E0; // IA32_TSC_DEADLINE

// The kernel takes at most 256 per call.
constexpr std::size_t BatchSize = 128;

std::optional<std::uint64_t> readOne(int fd, std::uint32_t index)
{
    MsrBuffer buffer(1);
    buffer->nmsrs = 1;
    buffer.entries()[0].index = index;
    if (callKvm(fd, KVM_GET_MSRS, buffer.get()) != 1)
        return std::nullopt;
    return buffer.entries()[0].data;
}

std::string hexName(std::uint32_t index)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4)
        text += Digits[index >> shift & 0xF];
    return text;
}

} // namespace

std::vector<MsrValue> readMsrs(int fd, std::span<const std::uint32_t> indices)
{
    std::vector<MsrValue> values;
    while (!indices.empty()) {
        const auto count = std::min(indices.size(), BatchSize);
        MsrBuffer buffer(count);
        buffer->nmsrs = static_cast<std::uint32_t>(count);
        for (std::size_t i = 0; i < count; ++i)
            buffer.entries()[i].index = indices[i];
        // Stops at the first one that it refuses and tells how many went well.
        const int done = std::max(0, callKvm(fd, KVM_GET_MSRS, buffer.get()));
        for (const kvm_msr_entry& entry : buffer.entries().first(static_cast<std::size_t>(done)))
            values.push_back({entry.index, entry.data});
        const bool refused = static_cast<std::size_t>(done) < count;
        indices = indices.subspan(static_cast<std::size_t>(done) + (refused ? 1 : 0));
    }
    return values;
}

Result<> writeMsrs(int fd, std::span<const MsrValue> values)
{
    const auto comesLast = [](const MsrValue& msr) { return msr.index == TscDeadline; };
    std::vector<MsrValue> ordered;
    std::ranges::remove_copy_if(values, std::back_inserter(ordered), comesLast);
    std::ranges::copy_if(values, std::back_inserter(ordered), comesLast);
    for (std::span<const MsrValue> rest = ordered; !rest.empty();) {
        const auto count = std::min(rest.size(), BatchSize);
        MsrBuffer buffer(count);
        buffer->nmsrs = static_cast<std::uint32_t>(count);
        for (std::size_t i = 0; i < count; ++i)
            buffer.entries()[i] = {.index = rest[i].index, .reserved = 0, .data = rest[i].value};
        const auto done = static_cast<std::size_t>(std::max(0, callKvm(fd, KVM_SET_MSRS, buffer.get())));
        if (done < count) {
            const MsrValue& refused = rest[done];
            if (refused.value != 0 && readOne(fd, refused.index) != refused.value)
                return fail(ErrorCode::Unsupported,
                            "This host's KVM refuses the saved value of the model-specific register "
                                + hexName(refused.index)
                                + ". Restore on the kind of host where it was saved.");
        }
        rest = rest.subspan(done + (done < count ? 1 : 0));
    }
    return {};
}

} // namespace engine::kvm
