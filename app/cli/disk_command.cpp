// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/disk_command.h"

#include "block/convert_image.h"
#include "block/image_source.h"
#include "cli/disk_report.h"
#include "cli/exit_codes.h"
#include "cli/text.h"
#include "cli/unknown_verb.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>
#include <sstream>

namespace app {

namespace {

using namespace engine::block;
using engine::ErrorCode;
using engine::Result;

/// What the words on the command line say; each verb uses its part.
struct DiskArguments {
    std::string file;
    std::string target;
    std::string size;
    std::string format = "qcow2";
    std::string sourceFormat;
    std::string base;
    std::string baseFormat;
    std::vector<std::string> allowedFolders;
    bool isJson = false;
    bool repairs = false;
    bool isLinked = false;
    bool showsProgress = false;
};

class DiskVerbs {
public:
    DiskVerbs(DiskArguments& arguments, std::ostream& out, std::ostream& err)
        : m_arguments(arguments), m_out(out), m_err(err)
    {}

    Result<int> create()
    {
        CreateImageOptions options;
        options.format = VM_TRY(parseImageFormat(m_arguments.format));
        if (!m_arguments.size.empty())
            options.capacityBytes = VM_TRY(parseSize(m_arguments.size));
        if (!m_arguments.base.empty()) {
            options.base = m_arguments.base;
            options.baseFormat = VM_TRY(ownFormat(m_arguments.base, m_arguments.baseFormat));
        }
        VM_TRY(createImage(m_arguments.file, options));
        return ExitOk;
    }

    Result<int> info()
    {
        printInfo(m_arguments.file, VM_TRY(inspectImage(m_arguments.file)), style(), m_out);
        return ExitOk;
    }

    Result<int> check()
    {
        if (VM_TRY(detectSourceFormat(m_arguments.file)) != SourceFormat::Qcow2)
            return engine::fail(ErrorCode::Unsupported,
                                "'" + m_arguments.file + "' is not a qcow2 image; only those can be checked");
        const CheckReport report = VM_TRY(
            checkQcow2(m_arguments.file, m_arguments.repairs ? RepairMode::Repair : RepairMode::Report));
        printCheck(m_arguments.file, report, style(), m_out);
        const bool isMended = report.repaired != 0 && report.brokenPointers == 0;
        return report.corruptions() == 0 || isMended ? ExitOk : ExitFailure;
    }

    Result<int> convert()
    {
        const SourceFormat from = m_arguments.sourceFormat.empty()
                                      ? VM_TRY(detectSourceFormat(m_arguments.file))
                                      : VM_TRY(parseSourceFormat(m_arguments.sourceFormat));
        CreateImageOptions options;
        options.format = VM_TRY(parseImageFormat(m_arguments.format));
        const std::unique_ptr<ImageReader> source = VM_TRY(openSource(m_arguments.file, from, bases()));
        VM_TRY(convertImage(*source, m_arguments.target, options, progress()));
        return ExitOk;
    }

    Result<int> resize()
    {
        const ImageFormat format = VM_TRY(ownFormat(m_arguments.file, m_arguments.sourceFormat));
        std::string_view size = m_arguments.size;
        std::uint64_t bytes = 0;
        if (size.starts_with('+')) {
            size.remove_prefix(1);
            bytes = VM_TRY(inspectImage(m_arguments.file)).capacityBytes;
        }
        bytes += VM_TRY(parseSize(size));
        VM_TRY(resizeImage(m_arguments.file, format, bytes, bases()));
        return ExitOk;
    }

    Result<int> compact()
    {
        const ImageFormat format = VM_TRY(ownFormat(m_arguments.file, m_arguments.sourceFormat));
        const std::uint64_t saved = VM_TRY(compactImage(m_arguments.file, format, bases(), progress()));
        m_out << formatSize(saved) << " given back\n";
        return ExitOk;
    }

    Result<int> clone()
    {
        const ImageFormat format = VM_TRY(ownFormat(m_arguments.file, m_arguments.sourceFormat));
        CreateImageOptions options;
        if (m_arguments.isLinked) {
            options.base = m_arguments.file;
            options.baseFormat = format;
            VM_TRY(createImage(m_arguments.target, options));
            return ExitOk;
        }
        options.format = format;
        const auto from = format == ImageFormat::Raw ? SourceFormat::Raw : SourceFormat::Qcow2;
        const std::unique_ptr<ImageReader> source = VM_TRY(openSource(m_arguments.file, from, bases()));
        VM_TRY(convertImage(*source, m_arguments.target, options, progress()));
        return ExitOk;
    }

    Result<int> commit()
    {
        VM_TRY(commitImage(m_arguments.file, bases(), progress()));
        return ExitOk;
    }

private:
    [[nodiscard]] ReportStyle style() const
    {
        return m_arguments.isJson ? ReportStyle::Json : ReportStyle::Text;
    }

    /// The user has named the file by hand, so looking at it is fine when no format is given.
    static Result<ImageFormat> ownFormat(const std::string& file, const std::string& name)
    {
        if (!name.empty())
            return parseImageFormat(name);
        const SourceFormat found = VM_TRY(detectSourceFormat(file));
        if (found == SourceFormat::Raw)
            return ImageFormat::Raw;
        if (found == SourceFormat::Qcow2)
            return ImageFormat::Qcow2;
        std::string text = "'";
        text += file;
        text += "' is a ";
        text += toString(found);
        text += " image; convert it first with 'guesthouse disk convert'";
        return engine::fail(ErrorCode::Unsupported, std::move(text));
    }

    [[nodiscard]] BasePolicy bases() const
    {
        BasePolicy policy;
        for (const std::string& folder : m_arguments.allowedFolders)
            policy.allowedFolders.emplace_back(folder);
        return policy;
    }

    [[nodiscard]] Progress progress()
    {
        Progress progress;
        if (m_arguments.showsProgress) {
            progress.report = [this](std::uint64_t done, std::uint64_t total) {
                const std::uint64_t percent = done >= total ? 100 : done / (total / 100 + 1);
                m_err << percent << " %" << std::endl;
            };
        }
        return progress;
    }

    DiskArguments& m_arguments;
    std::ostream& m_out;
    std::ostream& m_err;
};

using Verb = Result<int> (DiskVerbs::*)();

CLI::App* addVerb(CLI::App& disk, DiskArguments& arguments, Verb& chosen, Verb verb, const char* name,
                  const char* help)
{
    CLI::App* const command = disk.add_subcommand(name, help);
    command->add_option("FILE", arguments.file, "the disk image")->required();
    command->callback([&chosen, verb] { chosen = verb; });
    return command;
}

void addSharedOptions(CLI::App* command, DiskArguments& arguments)
{
    command->add_option("--from", arguments.sourceFormat, "format of FILE; otherwise it is looked at");
    command->add_option("--allow-base", arguments.allowedFolders,
                        "folder in which base images may lie, besides that of FILE");
    command->add_flag("--progress", arguments.showsProgress, "tell how far it is");
}

void addVerbs(CLI::App& disk, DiskArguments& arguments, Verb& chosen)
{
    CLI::App* command =
        addVerb(disk, arguments, chosen, &DiskVerbs::create, "create", "Create an empty disk");
    command->add_option("SIZE", arguments.size, "for example 20G; K, M, G and T are powers of 1024");
    command->add_option("--format", arguments.format, "qcow2 (default) or raw");
    command->add_option("--base", arguments.base,
                        "make an overlay over this image, which must not change any more");
    command->add_option("--base-format", arguments.baseFormat,
                        "qcow2 or raw; otherwise the base is looked at");

    command = addVerb(disk, arguments, chosen, &DiskVerbs::info, "info", "Describe a disk image");
    command->add_flag("--json", arguments.isJson, "for scripts");

    command =
        addVerb(disk, arguments, chosen, &DiskVerbs::check, "check", "Look for damage in a qcow2 image");
    command->add_flag("--repair", arguments.repairs, "free leaked space, correct reference counts");
    command->add_flag("--json", arguments.isJson, "for scripts");

    command = addVerb(disk, arguments, chosen, &DiskVerbs::convert, "convert",
                      "Copy a raw, qcow2, VDI, VMDK, VHD or VHDX image into a new one");
    command->add_option("TARGET", arguments.target, "the new image")->required();
    command->add_option("--format", arguments.format, "format of TARGET: qcow2 (default) or raw");
    addSharedOptions(command, arguments);

    command = addVerb(disk, arguments, chosen, &DiskVerbs::resize, "resize", "Make a disk larger");
    command->add_option("SIZE", arguments.size, "the new size, or +SIZE to add")->required();
    addSharedOptions(command, arguments);

    command = addVerb(disk, arguments, chosen, &DiskVerbs::compact, "compact",
                      "Give back the space of zeros and unused clusters");
    addSharedOptions(command, arguments);

    command = addVerb(disk, arguments, chosen, &DiskVerbs::clone, "clone", "Copy a disk");
    command->add_option("TARGET", arguments.target, "the new image")->required();
    command->add_flag("--linked", arguments.isLinked,
                      "store only differences; FILE must not change or move any more");
    addSharedOptions(command, arguments);

    command =
        addVerb(disk, arguments, chosen, &DiskVerbs::commit, "commit",
                "Write what a linked clone holds into its base; other clones of the base become useless");
    command->add_option("--allow-base", arguments.allowedFolders,
                        "folder in which base images may lie, besides that of FILE");
    command->add_flag("--progress", arguments.showsProgress, "tell how far it is");
}

} // namespace

void visitDiskParser(const std::function<void(const CLI::App&)>& visit)
{
    DiskArguments arguments;
    Verb chosen = nullptr;
    CLI::App disk("Disk images", "disk");
    addVerbs(disk, arguments, chosen);
    visit(disk);
}

int runDiskCommand(std::span<const std::string_view> args, std::ostream& out, std::ostream& err)
{
    DiskArguments arguments;
    Verb chosen = nullptr;
    CLI::App disk("Disk images", "guesthouse disk");
    disk.require_subcommand(1);
    addVerbs(disk, arguments, chosen);
    if (!args.empty() && isUnknownVerb(disk, args.front())) {
        err << "guesthouse: there is no disk command “" << args.front()
            << "”; guesthouse disk --help lists them\n";
        return ExitUsage;
    }
    std::vector<std::string> words(args.rbegin(), args.rend()); // the parser takes them from the back
    try {
        disk.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        return disk.exit(error, out, err) == 0 ? ExitOk : ExitUsage;
    }
    DiskVerbs verbs(arguments, out, err);
    const Result<int> result = (verbs.*chosen)();
    if (result)
        return *result;
    err << "guesthouse: " << result.error().message() << '\n';
    return ExitFailure;
}

} // namespace app
