// The shell of every page: htmx, search, menus, drafts, lock. No inline script runs beside it (strict CSP).
import "bootstrap/js/dist/collapse";
import "bootstrap/js/dist/dropdown";
import "bootstrap/js/dist/modal";
import "bootstrap/js/dist/offcanvas";
import "bootstrap/js/dist/tab";

import { startBoards } from "./shell/board";
import { startConfirm } from "./shell/confirm";
import { startDrafts } from "./shell/drafts";
import { startForms } from "./shell/forms";
import { startGestures } from "./shell/gestures";
import { startHtmx } from "./shell/htmx";
import { startLock } from "./shell/lock";
import { startMenus } from "./shell/menus";
import { startPolling } from "./shell/poll";
import { startSearch } from "./shell/search";
import { share } from "./shell/shared";
import { startSuggestions } from "./shell/suggest";
import { startTables } from "./shell/tables";
import { startTabs } from "./shell/tabs";
import { startToasts } from "./shell/toast";

share();
startToasts();
startConfirm();
startHtmx();
startMenus();
startForms();
startGestures();
startDrafts();
startPolling();
startSearch();
startSuggestions();
startTables();
startTabs();
startBoards();
startLock();
