// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace engine::block {

enum class DigestKind : std::uint8_t { Sha1, Sha256, Sha512 };

/// The digest of a file that passes by in pieces.
class FileDigest {
public:
    explicit FileDigest(DigestKind kind);
    ~FileDigest();
    FileDigest(FileDigest&&) noexcept;
    FileDigest& operator=(FileDigest&&) = delete;
    FileDigest(const FileDigest&) = delete;
    FileDigest& operator=(const FileDigest&) = delete;

    void add(std::span<const std::byte> bytes);
    /// Lower-case hexadecimal. Ends the use of this object.
    [[nodiscard]] std::string finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// What a package's manifest (DSP0243, clause 6) says its files hash to.
class OvfManifest {
public:
    static constexpr std::size_t MaxBytes = 1 << 20;

    /// Lines such as "SHA256(disk.vmdk)= 0123..."; a manifest that cannot be understood is an error,
    /// because it cannot be kept either.
    [[nodiscard]] static Result<OvfManifest> parse(std::string_view text);
    /// A digest to feed with the file's contents, or nullopt when the manifest does not name it.
    [[nodiscard]] std::optional<FileDigest> begin(const std::string& file) const;
    /// Fails with a sentence when the contents are not those that the manifest was made for.
    [[nodiscard]] Result<> verify(const std::string& file, FileDigest digest) const;

private:
    struct Expected {
        DigestKind kind = DigestKind::Sha256;
        std::string hexadecimal;
    };
    std::map<std::string, Expected> m_files;
};

} // namespace engine::block
