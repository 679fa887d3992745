"""Closed word lists of the two languages that rules look for; no word of any trade."""

from __future__ import annotations

import re
from typing import NamedTuple


class Around(NamedTuple):
    """A cue that stands right before a word, or right after it."""

    before: re.Pattern[str]
    after: re.Pattern[str]


TOTAL = re.compile(
    r"一共|总共|合计|总价|总的|共计|加起来|加一?[台套]|全部|全加|[合加]一?[起块]|[两三几][样款种](?:一起|合)|拢共"
    r"|\btotal\b|altogether|in all|all in\b|for (?:both|all)|all together|come to",
    re.I,
)
LIST_PRICE = re.compile(r"标价|原价|单价|list price|unit price", re.I)
RANGE_OF_GOODS = re.compile(
    r"哪些|哪几[款种]|型号|什么产品|产品线|都有(?:啥|什么)|卖什么|what .*(?:sell|offer|products)|which products",
    re.I,
)
COMPANION = re.compile(
    r"(?:跟|和|同|与|搭配?|配|加上?|连|with|plus|and|together with)\s*(?:你们的?|一?[台套个])?\s*$", re.I
)
TOGETHER = re.compile(r"一起|一块|同时|搭配|配套|打包|捆绑|together|bundle|combo|alongside", re.I)
MORE = re.compile(
    r"通融|再打|基础上|再(?:便宜|低|少|优惠|让)|能不能(?:再|少)|最低|底价|破例|申请|老客户|抹(?:个)?零|经理|领导.{0,4}批|透.?底|做主|权限"
    r"|别家|人家给|lower|better price|best price|special|manager|(?:another|other) supplier|offered us"
    r"|authori|approve|best you can|go to \d",
    re.I,
)
COMPLAINT = re.compile(
    r"(?:我们?|要|去|得|再|打算|准备|直接|就)[^,，。]{0,4}(?:投诉|起诉|告你们)|找律师|律师函|(?:打|找|去)[^,，。]{0,3}(?:工商局?|消协|12315)"
    r"|\b(?:file|make|have|lodge|want to make)\b[^,.?]{0,14}complaint|\bcomplain (?:about|to)\b|\b(?:my"
    r"|our) lawyers?\b|\bsue you\b",
    re.I,
)
ADDING = re.compile(r"也|再|还|连|加(?![到急班快])|一起|\b(?:plus|also|both|together|and)\b", re.I)
COMPARING = re.compile(
    r"比|区别|差别|不同|差[在多]|哪里?不一样|不一样|优劣|哪个|谁|\b(?:compare|versus|vs|difference|better|or)\b",
    re.I,
)
EACH = re.compile(r"各(?!位|种|自|地|项)|每[样种款]|每个(?!月)|都要|\b(?:each|both|apiece)\b", re.I)
CALL_BACK = re.compile(
    r"(?<!收)回(?:我|个|一个)?(?:电(?!池)|拨)|打(?:个|一个)?(?:电话)?(?:给|回)我|(?:给|跟)我(?:们)?(?:再)?(?:回|打(?!.{0,3}折))"
    r"|\bcall (?:me|us) back\b|\bcall(?:ing)?[- ]?back\b|(?<!you )\b(?:ring|phone|call) (?:me|us)\b|\bgive (?:me"
    r"|us) a (?:call|ring)\b",
    re.I,
)
ABOUT_CALLS = re.compile(
    r"打(?![折算包扰印样磨])|打扰|电话|来电|骚扰|号码|删|拉黑|(?:别|不要|不许|勿)[^,,。]{0,4}联系"
    r"|\bcall|\bnumber|\bphone|\b(?:not|never|stop)\b[^,.]{0,8} contact|leave (?:me|us) alone",
    re.I,
)
ADDED = re.compile(r"也|另外|还[要有]|再(?:加|要|来)|\b(?:also|as well|too|plus|another)\b", re.I)
"""Words that put goods beside others rather than in their place."""
PAPERS = re.compile(r"报价|方案|订单|单子|合同|配置|清单|\b(?:quote|quotation|order|item|line)\b", re.I)
"""What can be struck off without anyone being called the less."""
CALLS = re.compile(r"打|电话|来电|联系|骚扰|号码|call|contact|phone|number", re.I)
BOTH = re.compile(r"两[个款种台者]|它们?俩|\bboth\b|\bthe two\b", re.I)
REPLACING = re.compile(
    r"(?:换成?|改成|改要|换为|\b(?:switch|change|swap) (?:it )?(?:to|for))\s*(?:the\s*)?(?:那?[台个款])?$",
    re.I,
)
MORE_OF_IT = re.compile(r"(?:再加|再要|再来|多要|加多|另加|追加|再添|add|another|more)\s*$", re.I)
TAKEN_OUT = Around(
    re.compile(
        r"(?:去掉|取消|删掉?|(?<!要)不要|先不[要买]|drop|remove|cancel|without|skip|forget)\s*(?:the\s*)?(?:那[台个款套]?)?$",
        re.I,
    ),
    re.compile(
        r"^\s*(?:那[台个款套]?)?\s*(?:就?先?(?:不要了?|不买了?|不上了?|算了)|取消|去掉|off the list)(?=$|[\s,，。.;；!！吧])",
        re.I,
    ),
)
_GOODS_ZH = r"(?:[款种台套]|个(?!问题|月|人|地方|意思|时候|星期|礼拜|季度))"
OTHER_ONE = re.compile(rf"另外?[外一]*{_GOODS_ZH}|(?:the )?other (?:one|model|machine)", re.I)
CHEAPER_ONE = re.compile(rf"便宜(?:点|些)?的那?{_GOODS_ZH}|(?:the )?cheap(?:er|est) (?:one|model)", re.I)
DEARER_ONE = re.compile(
    rf"(?<!么)贵(?:点|些)?的那?{_GOODS_ZH}|(?:the )?(?:more|most) expensive (?:one|model)", re.I
)
_SIZED_ZH = (
    r"(?<![挺很多么太蛮这那老])[{0}](?:点|一点|些|号)?的"
    r"(?:那?[个款台套种](?!问题)|(?=\s|$|[。呢吧的]|[一二两三四五六七八九十\d]+[台套个]))"
)
BIGGER_ONE = re.compile(
    rf"{_SIZED_ZH.format('大')}|(?:还是|就|要|选)大的(?!优惠|折)|(?:the )?(?:bigg?(?:er)?|larger?) (?:one|model)",
    re.I,
)
SMALLER_ONE = re.compile(
    rf"{_SIZED_ZH.format('小')}|(?:还是|就|要|选)小的|(?:the )?(?:small(?:er)?|little) (?:one|model)", re.I
)
_NO_TIME_EN = r"(?!\s+(?:quarter|week|month|year|day|time|half|thing|question|step))"
FIRST_ONE = re.compile(
    rf"前者|第一(?:[款种台]|个(?=$|[\s,，。吧呢]))|(?:最先|一开始|最开始)[^,，。]{{0,4}}那?[款个]|前[面头]那[款个台]|头一[款个]"
    rf"|\bthe (?:first one|first model|former)\b{_NO_TIME_EN}",
    re.I,
)
LAST_ONE = re.compile(
    rf"后者|[后最][面头后](?:那|说的)?(?:[款台]|个(?!月|星期|问题))"
    rf"|\bthe (?:latter|second one|second model|last one|last model)\b{_NO_TIME_EN}",
    re.I,
)
_DEICTIC_ZH = r"就(?:它|这个|这款|那个|那款|这台|要它|定它)|(?:这|那)(?:款|个|台)(?!月|礼拜|星期|季|事|价)|(?<!其)它(?!们)"
THAT_ONE = re.compile(rf"{_DEICTIC_ZH}|\b(?:that|this) (?:one|model)\b|\bit\b", re.I)
GO_BACK = re.compile(
    r"(?:按|照|改回|回到|恢复)\s*(?:着|成|到)?\s*(?:你?我?们?)?\s*"
    r"(?:刚才|原来|之前|先前|前面|最早|最初|一开始|原先)"
    r"|(?:as|what) (?:i|we) (?:said|had) (?:before|earlier|first|originally)|go back to"
    r"|(?:the|my) (?:original|previous|earlier|first) (?:number|quantity|amount|budget|plan|figure)",
    re.I,
)
SAME_AGAIN = re.compile(
    r"同款|上[次回](?:那|买的|的那)|以前(?:那款|买的(?=[款个台再那]|$|[\s,，。]))|老样子|跟上[次回]一样"
    r"|same (?:one |model |thing )?as (?:last time|before)|like last time",
    re.I,
)
"""The goods of the time before."""
SAME_COUNT = re.compile(
    r"(?:一样|相同|同样)(?:多|的?(?:数|数量|台数|套数|个数))|(?<![参次岁])数[量目]?(?:也)?(?:一样|相同|不变)"
    r"|same (?:number|quantity|amount|count)|as many",
    re.I,
)
HALF_COUNT = re.compile(
    r"(?<!付)(?<!付个)(?<!交)一半(?:的?数|的?量|就够|够了?)|(?:要|来|拿|买)(?:他|它|那个)?的?一半(?=$|[\s,，。吧])|(?:数量|台数)减半"
    r"|\bhalf (?:of )?(?:that|as many|the number|the quantity)",
    re.I,
)
BACK_TO = re.compile(r"(?:前面|刚才|之前|先前|上面|那|the|those)\s*(?:说的|那)?\s*$", re.I)
LIKE_THAT = re.compile(
    r"(?:跟|和|同|与)(?P<goods>[^,，。\s]{1,8}?)(?:一样|相同|同样|的一半)|as many as (?:the )?(?P<en>\w+)",
    re.I,
)
COMPARED_WITH = re.compile(r"(?:跟|和|同|与|as(?: the)?|like(?: the)?)\s*$", re.I)
TAIL_OF_NUMBER = re.compile(
    r"尾号|[后末][四三两几4]位|最后[四三两几4]位(?!数)|last (?:four|three|two|4|3|2)(?: digits)?|\b(?:number|phone|it) (?:ends?"
    r"|ending) (?:in|with)",
    re.I,
)
DAY_SAID = re.compile(
    r"[今明后]天|大后|天[后内之]|节|周[一二三四五六日天末]|星期|礼拜|[号日月]|\d\s*[/-]\s*\d"
    r"|\b(?:today|tomorrow|mon|tues?|wed|thurs?|fri|sat|sun)(?:[a-z]*day)?\b|\b\d{1,2}(?:st|nd|rd|th)\b"
    r"|\bin \w+ (?:days?|weeks?)\b",
    re.I,
)
HALF_OF_DAY = re.compile(r"早|上午|中午|下午|傍晚|晚|凌晨|\b[ap]\.?m\b|morning|noon|afternoon|evening", re.I)
SAME_TIME = re.compile(r"(?:同一?|一样的?|原来的?)(?:个)?(?:时间|点)|时间不变|same (?:time|hour)", re.I)
MOVED = re.compile(r"改|换|挪|推迟|提前|调到|move|make it|resched|shift|push|instead|rather|change", re.I)
WHAT_ABOUT = re.compile(
    r"[呢么嘛吗？?]\s*[。.!！]*\s*$|^\s*(?:那|and\b)[^,，。]*呢|what about|how about", re.I
)
MISTYPED = re.compile(
    r"[打写说记输报]错|错了|不对|有误|少了?个|多了?个|没有?点|typo|wrong|mistake|should be|i meant", re.I
)
BYE = re.compile(
    r"再见|拜拜?|(?:[天一二三四五六日末]|到时候?|下[周次]|回头)见|再会|回头见|\b(?:good)?bye\b|see you", re.I
)
CHECKING = re.compile(
    r"(?:对|是|没错|这个价)(?:不对|不是)?[吧吗么嘛][？?。]?|是不是(?:这个)?|\bright\s*\?|\bcorrect\s*\?|^so\b.*\?",
    re.I,
)
BARGAINING = re.compile(
    r"能?[做卖给拿]不[？?]?$|能不能(?:做|卖|给)|行不行|成不成|能(?:做|卖|拿|给)(?:吗|么|不)|干不干|卖不卖|给不给|成交|就定|就要了|就拿|就签"
    r"|\b(?:can|could|would) you do\b|\bdeal\b|take it|\bor i walk\b|meet me at",
    re.I,
)
UNTIL_WHEN = re.compile(
    r"到(?:什么时候|几号|哪天|几月|啥时候)|什么时候(?:截止|结束|到期|过期)|截止(?:到|时间|日期)?|(?:还有|剩)(?:多久|几天)"
    r"|until when|how long (?:is|does|will) (?:the|that|this|it)"
    r"|when does (?:the|that|this|it)[^?]*(?:end|expire)|valid (?:until|till)",
    re.I,
)
WHICH_OF_THEM = re.compile(r"哪[个款种台一]|谁|which (?:one|of)|\bwhich\b", re.I)
WHAT_AMOUNT = re.compile(
    r"(?:要|得|该|一共|总共)?(?:花|付|出|给)多少钱?(?=$|[\s,，。？?吧呢])"
    r"|what (?:do|would|will|does) [^,.?]{0,14}(?:pay|cost|come to|owe)",
    re.I,
)
QUOTE_UP = re.compile(
    r"(?<!打)(?<!预)算(?:个|一下|下|算|笔)|报(?:个|一下|下)?(?:价|总价|数)|给(?:我)?个(?:数|价|总)|打个单"
    r"|quote me|price (?:it|them|this|that) (?:up|for)|work (?:it|that) out|add (?:it|that|them) up",
    re.I,
)
BEGGING = re.compile(
    r"通融|破[个]?例|便宜[点些]|优惠[点些]|让(?:点|些|一点|一让)|抹零|少[点些]呗|帮帮忙|意思[一]?下"
    r"|give me a break|sharpen|do better|knock (?:something|a bit)",
    re.I,
)
LEAVING = re.compile(
    r"(?:别|不)(?:再)?(?:聊|谈|讲|烦|啰嗦)了|(?:我)?挂了|到此为止|不用(?:再)?(?:联系|介绍|说)了"
    r"|leave it there|drop it|not going ahead|stop here",
    re.I,
)
SENDING = re.compile(r"(?<![出研开批])发(?!现|展|货|票)|寄|传|\b(?:send|e?-?mail|forward|put)\b", re.I)
ALONG = re.compile(
    r"(?:(?<!再)搭配?|(?<![再想要])配上?|bundled? with|along with|together with|paired with)\s*(?:[一两12]|an?"
    r"|one)?\s*[台套个]?\s*$",
    re.I,
)
SUPPOSING = re.compile(r"要是|如果|假如|若是?|万一|的话|\bif (?:i|we)\b|\bsuppose\b|\bsay we\b", re.I)
RECOMMEND = re.compile(
    r"推[荐见]|(?:给|帮)我(?:们)?(?:选|挑|介绍)|[用选买上][哪那]一?[款种个台](?:好|合适|比较)?|哪[款种个台](?:更?合适|适合|好用|最好|靠谱|能[用行做]|可以|行)"
    r"|recommend|suggest|which (?:one|model|machine)?\s*(?:would you (?:go|choose|pick|take|recommend|suggest)"
    r"|should (?:i|we)|do you (?:recommend|suggest))|best (?:one )?for",
    re.I,
)
WITHIN_BUDGET = re.compile(
    r"(?:超|够|在|符合|满足|低于)[^,，。?？]{0,4}预算|预算[^,，。?？]{0,4}(?:够|超|内|拿得下|能(?:行|买))"
    r"|(?:within|under|over|fit|inside|exceed)\w*[^,.?]{0,12}budget|budget[^,.?]{0,10}(?:enough|cover)|afford",
    re.I,
)
COMBINING = re.compile(
    r"叠加|一起用|同时(?:用|享|打|享受)|一块儿?用|折上折|合着用|都(?:能|可以)?(?:用|享)上?"
    r"|combine|stack|both (?:offers|discounts)|on top of",
    re.I,
)
NUMBER_SOURCE = re.compile(
    r"(?:号|电话|联系方式|信息)[码马]?.{0,6}(?:谁|哪|怎么|咋|从)|(?:谁|哪里?|怎么|咋|从哪).{0,8}(?:号|电话|联系方式)"
    r"|(?:my|our) (?:number|contact|phone|details)|how did you (?:get|find)|who gave you",
    re.I,
)
_POINTED = (OTHER_ONE, CHEAPER_ONE, DEARER_ONE, BIGGER_ONE, SMALLER_ONE, FIRST_ONE, LAST_ONE, SAME_COUNT)
SLOT_WORDS: dict[str, re.Pattern[str]] = {
    "quantity": re.compile(r"数量|台数|套数|那个数|\b(?:quantity|number|units)\b", re.I),
    "budget": re.compile(r"预算|\bbudget\b", re.I),
    "timeline": re.compile(r"工期|交期|上线|投产|\b(?:schedule|timeline)\b", re.I),
    "demo_time": re.compile(r"演示|约的|见面|\b(?:demo|appointment|visit)\b", re.I),
    "location": re.compile(r"地址|地点|城市|\b(?:address|place|city)\b", re.I),
    "phone": re.compile(r"电话|号码|手机|\b(?:phone|number to call)\b", re.I),
    "email": re.compile(r"邮箱|邮件|\be-?mail\b", re.I),
}
"""Words that name a slot which is gone back on."""
SIZED = re.compile("|".join(f"(?:{cue.pattern})" for cue in _POINTED), re.I)
"""Words that choose among goods talked of."""
POINTING = re.compile("|".join(f"(?:{cue.pattern})" for cue in (*_POINTED, THAT_ONE)), re.I)
"""Any word that points back to goods talked of."""
LOOSE_TALK = re.compile(
    r"那么?|这|呢|的|和|跟|与|再|也|还有?|要是|如果|假如|换成?|改成?|搭配?|加上?|配|来|要|用|拿|买|的话|就|给|个|[台套件]|[吧啊呀嘛么吗哦嗯]"
    r"|然后|看看|说说|同样|一样|\b(?:and|what|how|about|for|on|the|with|a|an|ones?|then|same|please|also|too|if|i|we|it|is|s"
    r"|took|take|get|got|want|just|only|say|make|that|this|number|ok|okay|so|or|but|of|in|to|those|them|would|be)\b",
    re.I,
)
"""Words without content of their own: what is left of a line beside them is what it says."""
QUESTION = re.compile(
    r"[??吗么呢]|几|多少|哪|什么|啥|怎么|多[久长大快远]|能不能|可不可以|是不是|有没有|行不|好不"
    r"|\b(?:how|what|which|when|where|who|can|could|do|does|is|are|any)\b",
    re.I,
)


def spoken(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the cue is in the text."""
    return pattern.search(text) is not None
