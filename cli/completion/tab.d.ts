/** What is used of @bomb.sh/tab: an ECMAScript module, whose own types this module resolution does not find. */
declare module "@bomb.sh/tab" {
  const tab: {
    setup(name: string, executable: string, shell: string): void;
    parse(args: readonly string[]): void;
  };
  export default tab;
}

declare module "@bomb.sh/tab/commander" {
  import type { Command } from "commander";
  import type tab from "@bomb.sh/tab";
  export default function complete(program: Command, options: { completionCommandName: string }): typeof tab;
}
