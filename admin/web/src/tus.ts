// The sending in pieces, by tus-js-client. It is large, so upload.ts loads this file when the first file is chosen.
import { Upload } from "tus-js-client";

declare global {
  interface Window { tusUpload?: typeof Upload }
}

window.tusUpload = Upload;
