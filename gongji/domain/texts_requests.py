"""What is said of a request that came to nothing: sentence and next step in Chinese, then both in English."""

from typing import Final

from gongji.domain.faults import RequestFault

REQUESTS: Final[dict[RequestFault, tuple[str, str, str, str]]] = {
    RequestFault.REQUEST_ID_MISSING: (
        "这次请求没有带可用的编号，重发时就分不清是不是同一笔。",
        "请为每一笔新业务带一个编号，重发时用同一个。",
        "The request carries no usable idempotency key, so a repetition could not be told from a new request.",
        "Send one Idempotency-Key of 1 to 64 visible ASCII characters, and repeat a request with the same one.",
    ),
    RequestFault.NOT_SIGNED_IN: (
        "还没有登录。",
        "请先登录，再办这件事。",
        "Nobody is signed in: the request carries no access token.",
        "Sign in, and send the token in the header Authorization, after the word Bearer.",
    ),
    RequestFault.SIGN_IN_INVALID: (
        "登录已经过期或者退出了。",
        "请重新登录，再办这件事。",
        "The access token is unknown, expired or revoked.",
        "Sign in again, or fetch a new token.",
    ),
    RequestFault.SCOPE_MISSING: (
        "登录时没有同意由这个应用办这件事。",
        "请重新登录并同意这一项，再试一次。",
        "The access token does not allow this.",
        "Sign in again and agree to the scope that is named.",
    ),
    RequestFault.PROOF_TOO_OLD: (
        "办这件事要在半小时内做过人脸核验，这次登录没有做过，或者已经过了半小时。",
        "请重新登录，做一次人脸核验再办；做不了的，带身份证到窗口办就行。窗口代办的，请重新核身，扫本人的码或收本人的证件。",
        "This needs a face check of the last half hour, or what stands for one; the sign-in has none, or an older one.",
        "Sign in again with prompt=login; who cannot may come to the counter, where a clerk takes his code or ID card.",
    ),
    RequestFault.NOT_YOURS: (
        "这不是您本人的记录，也没有委托您来办。",
        "请由本人办，或者请本人先委托您。",
        "This is neither your own record nor that of somebody you act for.",
        "Let the person do it, or be given a mandate first.",
    ),
    RequestFault.NOT_YOUR_TASK: (
        "这件事由别的岗位来办。",
        "请交给有这项职责的同事。",
        "This is the task of another role.",
        "Hand it to somebody whose task it is.",
    ),
    RequestFault.NO_SUCH_PLACE: (
        "没有这个地址。",
        "请核对地址，或者从首页进去找。",
        "There is no such address.",
        "Check it, or begin at the first page; the OpenAPI file lists them all.",
    ),
    RequestFault.METHOD_NOT_TAKEN: (
        "这个地址不接受这种请求方法。",
        "请改用回答里列出的方法。",
        "This address does not take that method.",
        "Use one of those that the header Allow names.",
    ),
    RequestFault.CHANGED_MEANWHILE: (
        "您看过以后这条记录又变了，这次没有改。",
        "请再看一次现在的内容，确认以后再改。",
        "The record has changed since it was read, and this change was not made.",
        "Read it again, and send the change with the new ETag.",
    ),
    RequestFault.BODY_TOO_LONG: (
        "送来的内容太长，没有受理。",
        "请缩短内容或者分几次送。",
        "What was sent is too long, and was not taken.",
        "Make it shorter, or send it in parts.",
    ),
    RequestFault.KIND_NOT_TAKEN: (
        "送来的内容不是这里能读的格式。",
        "请按说明里写的格式再送。",
        "What was sent is not of a kind that is read here.",
        "Send it in the content type that the OpenAPI file names.",
    ),
    RequestFault.RATE_REACHED: (
        "短时间里请求太多，这一次没有受理。",
        "请等一会儿再试。",
        "There were too many requests in a short time, and this one was not taken.",
        "Wait as long as the header Retry-After says, and try again.",
    ),
    RequestFault.SERVER_FAULT: (
        "我们这边出了差错，不是您的问题。",
        "请用同一个编号再试一次；还不行请告诉我们请求编号。",
        "Something went wrong on our side.",
        "Try again with the same idempotency key; if it fails again, tell us the request id.",
    ),
    RequestFault.BOOKS_UNREACHABLE: (
        "账册暂时连不上，这一次没有受理，钱没有动。",
        "请过一会儿用同一个编号再发一次。",
        "The books cannot be reached just now; nothing was taken and no money has moved.",
        "Ask again in a moment, with the same idempotency key.",
    ),
    RequestFault.OUTCOME_UNKNOWN: (
        "这一笔的结果还没有回来，可能已经办成。",
        "请用同一个编号再问一次，不要换编号重办。",
        "The outcome is not known yet: it may have been carried out.",
        "Ask again with the same idempotency key, and do not send it under another.",
    ),
}
