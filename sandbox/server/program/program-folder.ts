/** What is in the program's folder and not part of the program. */
import { EARLIER_FILES, MOST_FOREIGN_FILES } from "../../../model/protocol/host-constants";
import { MANIFEST_FILE, PROGRAM_FILES, type HostObservation } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import { sameText } from "./same-text";

export function readProgram(windows: Windows): HostObservation["program"] {
  return { ...windows.getInstalledProgram(), foreign: foreignFiles(windows)?.slice(0, MOST_FOREIGN_FILES) ?? null };
}

function foreignFiles(windows: Windows): { name: string; earlier: boolean }[] | null {
  const own: string[] = [MANIFEST_FILE, ...PROGRAM_FILES];
  const others = windows.getProgramFolder()?.filter(({ name }) => !own.some((file) => sameText(file, name)));
  return others?.map((file) => ({ name: file.name, earlier: isEarlier(file) })) ?? null;
}

function isEarlier({ name, firstLine }: { name: string; firstLine: string | null }): boolean {
  return Object.entries(EARLIER_FILES).some(([file, line]) => sameText(file, name) && line === firstLine);
}

/** Removes what an older version of this project left; returns whether anything was removed. */
export function removeEarlierFiles(windows: Windows): boolean {
  const earlier = foreignFiles(windows)?.filter((file) => file.earlier) ?? [];
  for (const { name } of earlier) windows.removeProgramFile(name);
  return earlier.length > 0;
}
