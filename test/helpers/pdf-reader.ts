/** A PDF as Mozilla's PDF.js reads it, so that what a browser prints is looked at by a reader that is not ours. */
import type { TextItem } from "pdfjs-dist/types/src/display/api";

export interface PdfPage {
  /** In points. */
  width: number;
  height: number;
  /** Pieces of text in the order in which they were drawn, with their place in points from the lower left corner. */
  pieces: { text: string; x: number; y: number; width: number }[];
  /** All of the text without any white space, as the breaks of lines are no part of it. */
  text: string;
}

export const withoutSpace = (text: string) => text.replaceAll(/\s+/g, "");

/** The pages of a document. */
export async function readPdf(data: Uint8Array): Promise<PdfPage[]> {
  const { getDocument } = await import("pdfjs-dist/legacy/build/pdf.mjs");
  const task = getDocument({ data: new Uint8Array(data), verbosity: 0 });
  const document = await task.promise;
  try {
    const pages: PdfPage[] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const { width, height } = page.getViewport({ scale: 1 });
      const { items } = await page.getTextContent();
      const pieces = items
        .filter((item): item is TextItem => "str" in item)
        .map(({ str: text, transform, width: wide }) => {
          const [x, y] = (transform as number[]).slice(4);
          return { text, x, y, width: wide };
        });
      pages.push({ width, height, pieces, text: withoutSpace(pieces.map(({ text }) => text).join("")) });
    }
    return pages;
  } finally {
    await task.destroy();
  }
}
