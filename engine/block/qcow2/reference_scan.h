// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/check_image.h"
#include "block/qcow2/qcow2_header.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace engine::block::qcow2 {

/// Walks everything that an image refers to and counts the references to each host cluster.
class ReferenceScan {
public:
    ReferenceScan(const ImageFile& file, const Header& header, std::uint64_t fileBytes, CheckReport& report);

    /// Fails only when the image can't be read or is larger than what can be checked.
    [[nodiscard]] Result<> run();
    /// References to each cluster of the file; saturates.
    [[nodiscard]] const std::vector<std::uint16_t>& references() const { return m_references; }
    [[nodiscard]] const std::vector<std::uint64_t>& activeL1() const { return m_activeL1; }
    [[nodiscard]] const std::vector<std::uint64_t>& refcountTable() const { return m_refcountTable; }
    /// Adds a finding to the report.
    void note(std::string text);

private:
    [[nodiscard]] Result<std::vector<std::uint64_t>> readEntries(std::uint64_t offset, std::uint64_t count);
    void refer(std::uint64_t offset, std::uint64_t bytes, const char* what);
    /// For tables that nothing else may share.
    void referExclusively(std::uint64_t offset, std::uint64_t bytes, const char* what);
    [[nodiscard]] Result<> scanL1(const std::vector<std::uint64_t>& l1);
    void scanL2Entry(std::uint64_t entry);
    [[nodiscard]] Result<> scanBitmaps();
    [[nodiscard]] bool isPlausible(std::uint64_t offset) const;

    const ImageFile& m_file;
    const Header& m_header;
    std::uint64_t m_fileBytes;
    CheckReport& m_report;
    std::vector<std::uint16_t> m_references;
    std::vector<std::uint64_t> m_activeL1;
    std::vector<std::uint64_t> m_refcountTable;
    std::vector<std::uint64_t> m_exclusive;
    std::uint64_t m_tablesRead = 0;
};

} // namespace engine::block::qcow2
