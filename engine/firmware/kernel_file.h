// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "memory/guest_memory.h"

#include <cstdint>
#include <span>
#include <string>

namespace engine::firmware {

/// A kernel, initial RAM disk or firmware image on the host, read in bounded pieces. Whatever it says about
/// itself is checked against the size it had when it was opened; one that shrinks meanwhile is an error.
class KernelFile {
public:
    /// `role` names the file in errors: "kernel", "BIOS image".
    [[nodiscard]] static Result<KernelFile> open(const std::string& path, const std::string& role);
    /// The same for a file that is open already; `name` stands for its path in errors.
    [[nodiscard]] static Result<KernelFile> adopt(UniqueFd fd, const std::string& name,
                                                  const std::string& role);

    [[nodiscard]] std::uint64_t sizeBytes() const { return m_size; }
    /// "The kernel /boot/vmlinuz": the subject of an error's sentence.
    [[nodiscard]] const std::string& subject() const { return m_subject; }
    /// The file's name without its folders.
    [[nodiscard]] std::string name() const { return m_name.substr(m_name.rfind('/') + 1); }

    /// Fills all of `into`, or fails because the file ends before.
    [[nodiscard]] Result<> read(std::uint64_t offset, std::span<std::byte> into) const;
    template <GuestPod T>
    [[nodiscard]] Result<T> readObject(std::uint64_t offset) const
    {
        T copy;
        VM_TRY(read(offset, std::as_writable_bytes(std::span(&copy, 1))));
        return copy;
    }
    /// Moves [offset, offset + length) into guest RAM; the host kernel does the only copy.
    [[nodiscard]] Result<> load(const GuestMemory& memory, GuestAddress to, std::uint64_t offset,
                                std::uint64_t length) const;

private:
    KernelFile(UniqueFd fd, std::uint64_t size, std::string name, std::string subject)
        : m_fd(std::move(fd)), m_size(size), m_name(std::move(name)), m_subject(std::move(subject))
    {}
    [[nodiscard]] Result<> checkRange(std::uint64_t offset, std::uint64_t length) const;

    UniqueFd m_fd;
    std::uint64_t m_size;
    std::string m_name;
    std::string m_subject;
};

} // namespace engine::firmware
